using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;
using CleanUsers.Domain.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace CleanUsers.Infrastructure.Persistence;

/// <summary>
/// How long the database took to execute each command, as a metric, and, if traces are collected, as a span of the request's trace. Commands are
/// named by their purpose, never by their text or parameters. Drivers measure too, but each in its own way, and SQLite's not at all.
/// </summary>
/// <remarks>It subscribes to these events of EF Core's diagnostics only: an interceptor gets all events, and allocates six times as much.</remarks>
internal sealed class DatabaseTelemetry : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
{
    private const string Name = "CleanUsers.Database";

    internal const string Query = "query";
    internal const string Save = "save";

    // as OpenTelemetry's conventions for databases have it
    private const string Operation = "db.operation.name";
    private const string Error = "error.type";

    private static readonly Meter Meter = new(Name);
    private static readonly ActivitySource Spans = new(Name);

    private static readonly Histogram<double> Duration = Meter.CreateHistogram(
        "db.client.operation.duration", "s", "How long the database took to execute a command.",
        advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
        });

    // one for the process: there is one source of events, however many contexts and hosts there are
    private static readonly Lazy<IDisposable> Listening = new(() => DiagnosticListener.AllListeners.Subscribe(new DatabaseTelemetry()));

    private DatabaseTelemetry()
    {
    }

    /// <summary>Starts listening; further calls do nothing.</summary>
    public static void Listen() => _ = Listening.Value;

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == DbLoggerCategory.Name)
            value.Subscribe(this, name => name == RelationalEventId.CommandExecuted.Name || name == RelationalEventId.CommandError.Name);
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Value is CommandEndEventData command)
            Record(NameOf(command.CommandSource), command.Duration, (command as CommandErrorEventData)?.Exception.GetType().FullName);
    }

    public void OnError(Exception error)
    {
    }

    public void OnCompleted()
    {
    }

    /// <summary>Records a command that was not EF Core's.</summary>
    /// <param name="start">A timestamp of <see cref="Stopwatch"/>.</param>
    /// <param name="failure">Why it failed, if it did.</param>
    public static void Record(string operation, long start, Exception? failure = null) =>
        Record(operation, Stopwatch.GetElapsedTime(start), failure?.GetType().FullName);

    private static void Record(string operation, TimeSpan duration, string? error)
    {
        if (error is null) Duration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>(Operation, operation));
        else Duration.Record(duration.TotalSeconds, new(Operation, operation), new(Error, error));

        if (!Spans.HasListeners()) return;
        using var span = Spans.StartActivity(ActivityKind.Client, startTime: TimeProvider.System.GetUtcNow() - duration, name: operation);
        span?.SetTag(Operation, operation);
        if (error is not null) span?.SetTag(Error, error).SetStatus(ActivityStatusCode.Error);
    }

    private static string NameOf(CommandSource source) => source switch
    {
        CommandSource.LinqQuery or CommandSource.FromSqlQuery => Query,
        CommandSource.SaveChanges => Save,
        CommandSource.ExecuteDelete => "delete",
        CommandSource.ExecuteUpdate => "update",
        CommandSource.Migrations => "migrate",
        _ => "other",
    };
}

/// <summary>
/// How many users a write creates, deletes, restores and purges. They are counted after the commit: a save that is rejected, a transaction that is
/// retried and a response that is replayed count nothing.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct UserMetrics(int Created, int Deleted, int Restored, int Purged)
{
    private static readonly Meter Meter = new("CleanUsers.Users");
    private static readonly Total AllCreated = new("created", "Users created.");
    private static readonly Total AllDeleted = new("deleted", "Users deleted, into the recycle bin.");
    private static readonly Total AllRestored = new("restored", "Users restored from the recycle bin.");
    private static readonly Total AllPurged = new("purged", "Users erased for good.");

    /// <summary>Of the changes that EF Core is about to save.</summary>
    public static UserMetrics Of(IEnumerable<EntityEntry<User>> users)
    {
        var counts = default(UserMetrics);
        foreach (var user in users)
            if (user.State != EntityState.Unchanged) counts += Of(user.Entity);
        return counts;
    }

    /// <summary>Of a user's last change.</summary>
    public static UserMetrics Of(User user) => user.LastChange switch
    {
        UserChangeKind.Created => new(1, 0, 0, 0),
        UserChangeKind.Deleted => new(0, 1, 0, 0),
        UserChangeKind.Restored => new(0, 0, 1, 0),
        UserChangeKind.Purged => new(0, 0, 0, 1),
        _ => default,
    };

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
