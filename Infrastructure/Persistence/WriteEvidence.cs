using CleanUsers.Domain.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace CleanUsers.Infrastructure.Persistence;

/// <summary>What the database shows of a write, after the reply to COMMIT was lost.</summary>
internal static class WriteEvidence
{
    /// <summary>Looks for an entity that EF Core saved: with it is stored, or is not, all that was written together with it.</summary>
    /// <param name="state">What was done with it.</param>
    public static async Task<WriteTrace> FindAsync(EntityEntry entry, EntityState state, CancellationToken ct)
    {
        var stored = await entry.GetDatabaseValuesAsync(ct);
        switch (state)
        {
            case EntityState.Deleted: return stored is null ? WriteTrace.Exact : WriteTrace.None;
            case EntityState.Added: return stored is null ? WriteTrace.None : WriteTrace.Exact; // no other transaction has its key
        }

        if (stored is null) return WriteTrace.Superseded;
        // EF Core and the database fill in shadow properties
        var properties = stored.Properties.Where(property => !property.IsShadowProperty());
        if (properties.All(property => property.GetValueComparer().Equals(stored[property], entry.CurrentValues[property]))) return WriteTrace.Exact;
        // versions only grow, and each belongs to one write
        var version = entry.Metadata.GetProperties().FirstOrDefault(property => property.IsConcurrencyToken);
        return version is not null && (long)stored[version]! > (long)entry.CurrentValues[version]! ? WriteTrace.Superseded : WriteTrace.None;
    }

    /// <summary>Looks for users that were added together: all of them are stored, or none.</summary>
    public static async Task<WriteTrace> FindAddedUsersAsync(this UsersDbContext db, IReadOnlySet<long> added, CancellationToken ct)
    {
        var any = added.FirstOrDefault();
        return added.Count == 0 || await db.Users.IgnoreQueryFilters([UserConfiguration.NotDeleted]).AnyAsync(user => user.Id == any, ct)
            ? WriteTrace.Exact
            : WriteTrace.None;
    }

    /// <summary>Looks for the record of a user's last change: versions only grow, and each belongs to one change.</summary>
    public static async Task<WriteTrace> FindRecordAsync(this UsersDbContext db, User user, CancellationToken ct)
    {
        var stored = await db.Changes.AsNoTracking().FirstOrDefaultAsync(change => change.UserId == user.Id && change.Version == user.Version, ct);
        if (stored is null) return WriteTrace.None;
        var written = UserChange.Of(user);
        // a purge erased the state; an id is given once, so the record of a creation with this id is that of this write
        if (stored.Email is null) return written.Kind == UserChangeKind.Created ? WriteTrace.Exact : WriteTrace.Superseded;
        var properties = db.Model.FindEntityType(typeof(UserChange))!.GetProperties().Select(property => property.GetGetter());
        return properties.All(property => Equals(property.GetClrValue(written), property.GetClrValue(stored))) ? WriteTrace.Exact : WriteTrace.None;
    }
}
