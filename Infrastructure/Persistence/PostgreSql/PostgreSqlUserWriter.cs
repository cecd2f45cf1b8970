using System.Data.Common;
using CleanUsers.Domain.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ValueGeneration;
using Npgsql;

namespace CleanUsers.Infrastructure.Persistence.PostgreSql;

/// <summary>
/// One statement whose parts are common table expressions, and which returns the id of its transaction. Where it is all that is written, it is a
/// transaction by itself: one round trip.
/// </summary>
internal sealed class PostgreSqlUserWriter(UserTable table, IPreparedConnections connections) : PreparedUserWriter(table), IDisposable
{
    private const string Result = """SELECT "Transaction" FROM "Written" """;
    private const string InsertWords = """INSERT INTO "UserWords" ("UserId", "Word") SELECT "Id", """;

    private const string Written = "\"Written\"";

    private static readonly PreparedStatement NextBlock = new($"""SELECT nextval('"{ServerUsersDbContext.UserIds}"')""", []);

    private readonly PreparedQueries _queries = new(connections);
    private readonly HiLoValueGeneratorState _ids = new(ServerUsersDbContext.IdBlock);
    private readonly HiLoValueGeneratorState _idsInTransactions = new(ServerUsersDbContext.IdBlock);

    public override async Task AddAsync(ScopedContext db, User user, CancellationToken ct)
    {
        Table.SetId(user, await NextIdAsync(db, ct));
        await base.AddAsync(db, user, ct);
    }

    public void Dispose()
    {
        _ids.Dispose();
        _idsInTransactions.Dispose();
    }

    protected override Task WriteAloneAsync(ScopedContext db, IReadOnlyList<UserWrite> writes, CancellationToken ct) =>
        writes is [var write] ? WriteOneAsync(db, write, ct) : db.Value.InTransactionAsync(
            async token =>
            {
                await WriteTogetherAsync(db.Value, writes, token);
                return (writes.Count, true);
            },
            ct);

    protected override string Insert(string values, string id, string words) =>
        $"""
        WITH "Written" AS (INSERT INTO "Users" ({Table.List}, "Id") VALUES ({values}, {id}) {Returning}),
            "Recorded" AS ({Table.InsertChanges(Created, Written)}),
            "Queued" AS ({Table.InsertIntoFeed(Written)}),
            "Added" AS ({InsertWords} {Elements(words)} FROM "Written")
        {Result}
        """;

    protected override string Update(string assignments, string condition, string id, string kind, (string Removed, string Added)? words)
    {
        var update =
            $"""
            WITH "Written" AS (UPDATE "Users" SET {assignments} WHERE {condition} {Returning}),
                "Recorded" AS ({Table.InsertChanges(kind, Written)}),
                "Queued" AS ({Table.InsertIntoFeed(Written)})
            """;
        if (words is var (removed, added))
        {
            update +=
                $"""
                ,
                    "Removed" AS (DELETE FROM "UserWords" USING "Written" WHERE "UserId" = "Id" AND "Word" = ANY(ARRAY(SELECT {Elements(removed)}))),
                    "Added" AS ({InsertWords} {Elements(added)} FROM "Written")
                """;
        }

        return $"{update} {Result}";
    }

    /// <summary>
    /// After a transient failure it is executed again. That writes nothing a second time, since the id or the version is used up: and it waits for
    /// locks until an execution has ended whose connection was lost. So a user that is there, or has another version, may be what such an
    /// execution has written, and the record of the change shows whether it is.
    /// </summary>
    private async Task WriteOneAsync(ScopedContext db, UserWrite write, CancellationToken ct)
    {
        var mayBeWritten = false;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var connection = await connections.OpenAsync(ct);
                await ExecuteAsync(connection.Command(write.Statement), write, ct);
                connection.Complete();
                ct.ThrowIfCancellationRequested(); // as after a commit: no standby may have it
                break;
            }
            catch (DbException exception) when (exception.IsTransient && attempt <= UsersDbContext.Retries)
            {
                mayBeWritten |= !IsRolledBack(exception);
                await UsersDbContext.PauseAsync(attempt, ct);
            }
            catch (Exception exception) when (mayBeWritten && IsThere(exception))
            {
                var trace = await db.Value.FindRecordAsync(write.User, ct);
                if (trace == WriteTrace.None) throw;
                if (trace == WriteTrace.Superseded) throw new OutcomeUnknownException();
                await db.Value.WaitForStandbyAsync(ct);
                break;
            }
        }

        UserMetrics.Of(write.User).Commit();
    }

    /// <summary>
    /// While one request takes a block of ids, others wait for it. In transactions they hold their connections meanwhile, so the one uses that of its
    /// own transaction: the pool may have no other.
    /// </summary>
    private ValueTask<long> NextIdAsync(ScopedContext db, CancellationToken ct) => db.IsInTransaction
        ? _idsInTransactions.NextAsync<long>(async token => (long)(await db.Value.CommandFor(NextBlock).ExecuteScalarAsync(token))!, ct)
        : _ids.NextAsync<long>(token => _queries.GetNumberAsync(NextBlock, [], token), ct);

    private static bool IsThere(Exception exception) =>
        exception is DbUpdateConcurrencyException or PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };

    private static bool IsRolledBack(DbException exception) =>
        exception is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure };

    private static string Elements(string words) => $"json_array_elements_text({words}::json)";

    private string Returning => $"""RETURNING "Id", xmin AS "Transaction", {Table.Recorded}""";
}
