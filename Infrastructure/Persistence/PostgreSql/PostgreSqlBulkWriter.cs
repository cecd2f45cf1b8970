using CleanUsers.Application.Ports;
using CleanUsers.Domain.Users;
using CleanUsers.Infrastructure.Persistence.Search;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace CleanUsers.Infrastructure.Persistence.PostgreSql;

/// <summary>
/// COPY: users into a temporary table and from there, as far as the unique index lets them, into theirs; then the words of those that were
/// added straight into theirs, which is most of the work.
/// </summary>
internal sealed class PostgreSqlBulkWriter(UsersDbContext db, UserTable table) : IUserBulkWriter
{
    private NpgsqlConnection Connection => (NpgsqlConnection)db.Database.GetDbConnection();

    public Task<IReadOnlyList<bool>> AddAsync(IReadOnlyList<User> users, CancellationToken ct)
    {
        var added = new HashSet<long>();
        return db.InTransactionAsync(
            async token =>
            {
                var sorting = SortedWords.OfAsync(users, token);
                var ids = await TakeIdsAsync(users.Count, token);
                added = await AddUsersAsync(users, ids, token);
                await AddWordsAsync((await sorting).Where(word => added.Contains(ids[word.User])).Select(word => (word.Word, ids[word.User])), token);
                return ((IReadOnlyList<bool>)[.. ids.Take(users.Count).Select(added.Contains)], true);
            },
            token => db.FindAddedUsersAsync(added, token),
            ct);
    }

    /// <summary>At least the given number of ids, in order, in the blocks that the sequence gives.</summary>
    private async Task<List<long>> TakeIdsAsync(int count, CancellationToken ct)
    {
        var blocks = (count + ServerUsersDbContext.IdBlock - 1) / ServerUsersDbContext.IdBlock;
        var starts = await db.Database.SqlQuery<long>($"SELECT nextval('\"UserIds\"') AS \"Value\" FROM generate_series(1, {blocks})")
            .ToListAsync(ct);
        return [.. starts.SelectMany(start => Enumerable.Range(0, ServerUsersDbContext.IdBlock).Select(i => start + i))];
    }

    /// <returns>The ids of those that were added.</returns>
    private async Task<HashSet<long>> AddUsersAsync(IReadOnlyList<User> users, List<long> ids, CancellationToken ct)
    {
        await ExecuteAsync("""CREATE TEMPORARY TABLE "Incoming" (LIKE "Users") ON COMMIT DROP""", ct);
        await using (var copy = await Connection.BeginBinaryImportAsync(
            $"""COPY "Incoming" ("Id", {table.List}) FROM STDIN (FORMAT BINARY)""", ct))
        {
            for (var i = 0; i < users.Count; i++)
            {
                await copy.StartRowAsync(ct);
                await copy.WriteAsync(ids[i], NpgsqlDbType.Bigint, ct);
                for (var column = 0; column < table.Names.Count; column++)
                {
                    if (table.Value(column, users[i]) is { } value) await copy.WriteAsync(value, table.StoreTypes[column], ct);
                    else await copy.WriteNullAsync(ct);
                }
            }

            await copy.CompleteAsync(ct);
        }

        var added = new HashSet<long>(users.Count);
        await using var insert = Connection.CreateCommand();
#pragma warning disable CA2100 // made of the model's names
        insert.CommandText =
            $"""
            WITH "Added" AS (
                INSERT INTO "Users" ("Id", {table.List}) SELECT "Id", {table.List} FROM "Incoming"
                ON CONFLICT ("EmailKey") WHERE "DeletedAt" IS NULL DO NOTHING RETURNING "Id", {table.Recorded}),
                "Recorded" AS ({table.InsertChanges($"{UserChangeKind.Created:D}", "\"Added\"")}),
                "Queued" AS ({table.InsertIntoFeed("\"Added\"")})
            SELECT "Id" FROM "Added"
            """;
#pragma warning restore CA2100
        await using var rows = await insert.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct)) added.Add(rows.GetInt64(0));
        return added;
    }

    private async Task AddWordsAsync(IEnumerable<(string Word, long User)> words, CancellationToken ct)
    {
        await using var copy = await Connection.BeginBinaryImportAsync("""COPY "UserWords" ("Word", "UserId") FROM STDIN (FORMAT BINARY)""", ct);
        foreach (var (word, user) in words)
        {
            await copy.StartRowAsync(ct);
            await copy.WriteAsync(word, NpgsqlDbType.Varchar, ct);
            await copy.WriteAsync(user, NpgsqlDbType.Bigint, ct);
        }

        await copy.CompleteAsync(ct);
    }

    private async Task ExecuteAsync(string statement, CancellationToken ct)
    {
        await using var command = Connection.CreateCommand();
#pragma warning disable CA2100 // ours
        command.CommandText = statement;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(ct);
    }
}
