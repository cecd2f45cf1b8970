using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;
using CleanUsers.Domain.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace CleanUsers.Infrastructure.Persistence;

/// <summary>
/// How many users a write creates, deletes, restores and purges. They are counted here because only this class learns what was committed: a save that
/// is rejected, a transaction that is retried and a response that is replayed count nothing.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct UserMetrics(int Created, int Deleted, int Restored, int Purged)
{
    private static readonly Meter Meter = new("CleanUsers.Users");
    private static readonly Total AllCreated = new("created", "Users created.");
    private static readonly Total AllDeleted = new("deleted", "Users deleted, into the recycle bin.");
    private static readonly Total AllRestored = new("restored", "Users restored from the recycle bin.");
    private static readonly Total AllPurged = new("purged", "Users erased for good.");

    /// <summary>Of the changes that are about to be saved.</summary>
    public static UserMetrics Of(IEnumerable<EntityEntry<User>> users)
    {
        var counts = default(UserMetrics);
        foreach (var user in users) counts += Of(user);
        return counts;
    }

    public static UserMetrics operator +(UserMetrics one, UserMetrics other) => new(
        one.Created + other.Created, one.Deleted + other.Deleted, one.Restored + other.Restored, one.Purged + other.Purged);

    /// <summary>Adds them to the totals of the process: they are committed.</summary>
    public void Commit()
    {
        AllCreated.Add(Created);
        AllDeleted.Add(Deleted);
        AllRestored.Add(Restored);
        AllPurged.Add(Purged);
    }

    private static UserMetrics Of(EntityEntry<User> user) => user.State switch
    {
        EntityState.Added => new(1, 0, 0, 0),
        EntityState.Deleted => new(0, 0, 0, 1),
        EntityState.Modified => (user.Property(u => u.DeletedAt).OriginalValue, user.Entity.DeletedAt) switch
        {
            (null, not null) => new(0, 1, 0, 0),
            (not null, null) => new(0, 0, 1, 0),
            _ => default,
        },
        _ => default,
    };

    /// <summary>Observed instead of counted up: so it is there, and 0, before the first one.</summary>
    private sealed class Total
    {
        private long _value;

        public Total(string name, string description) =>
            Meter.CreateObservableCounter($"cleanusers.users.{name}", () => Volatile.Read(ref _value), "{user}", description);

        public void Add(int number)
        {
            if (number > 0) Interlocked.Add(ref _value, number);
        }
    }
}
