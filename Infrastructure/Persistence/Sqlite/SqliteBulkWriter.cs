using CleanUsers.Application.Ports;
using CleanUsers.Domain.Users;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace CleanUsers.Infrastructure.Persistence.Sqlite;

/// <summary>SQLite's own bulk path: statements that are parsed once, in one transaction.</summary>
internal sealed class SqliteBulkWriter(UsersDbContext db) : IUserBulkWriter
{
    /// <summary>
    /// In pages of 4 KiB. Each batch touches pages all over the indexes; moved from the log into the database after each, as is the custom, most
    /// of them would be written again and again.
    /// </summary>
    private const int PagesBetweenCheckpoints = 65536;

    private readonly UserTable _columns = new(db.Model);

    public Task<IReadOnlyList<bool>> AddAsync(IReadOnlyList<User> users, CancellationToken ct) => db.InTransactionAsync(
        async token =>
        {
            // no other writer until the end: so the next id is known, and a rejected user uses no id
            var first = 1 + await db.Database
                .SqlQuery<long>($"SELECT COALESCE(MAX(\"seq\"), 0) AS \"Value\" FROM \"sqlite_sequence\" WHERE \"name\" = 'Users'")
                .SingleAsync(token);
            var next = first;
            await db.Database.ExecuteSqlRawAsync($"PRAGMA wal_autocheckpoint = {PagesBetweenCheckpoints}", token);
            var added = new bool[users.Count];
            var id = _columns.Names.Count; // the last parameter
            var words = new List<(string Word, long User)>();
            await using var insertUser = Prepare(
                $"""
                INSERT INTO "Users" ({_columns.List}, "Id") VALUES ({string.Join(", ", Enumerable.Range(0, id + 1).Select(i => $"${i}"))})
                ON CONFLICT ("EmailKey") WHERE "DeletedAt" IS NULL DO NOTHING
                """,
                id + 1);
            for (var i = 0; i < users.Count; i++)
            {
                token.ThrowIfCancellationRequested();
                var user = users[i];
                for (var column = 0; column < id; column++) insertUser.Parameters[column].Value = _columns.Value(column, user) ?? DBNull.Value;
                insertUser.Parameters[id].Value = next;
                if (await insertUser.ExecuteNonQueryAsync(token) == 0) continue;
                added[i] = true;
                foreach (var word in SearchText.Words(user.SearchText)) words.Add((word, next));
                next++;
            }

            // a rejected user has moved it
            await db.Database.ExecuteSqlAsync($"UPDATE \"sqlite_sequence\" SET \"seq\" = {next - 1} WHERE \"name\" = 'Users'", token);
            var addedUsers = $""" "Users" WHERE "Id" >= {first} ORDER BY "Id" """;
            await db.Database.ExecuteSqlRawAsync(_columns.InsertChanges($"{UserChangeKind.Created:D}", addedUsers), token);
            await db.Database.ExecuteSqlRawAsync(_columns.InsertIntoFeed(addedUsers), token);
            words.Sort((a, b) => string.CompareOrdinal(a.Word, b.Word)); // neighbours in the index are written together
            await using var insertWord = Prepare("""INSERT INTO "UserWords" ("Word", "UserId") VALUES ($0, $1)""", 2);
            foreach (var (word, user) in words)
            {
                insertWord.Parameters[0].Value = word;
                insertWord.Parameters[1].Value = user;
                await insertWord.ExecuteNonQueryAsync(token);
            }

            return ((IReadOnlyList<bool>)added, true);
        },
        ct);

    private SqliteCommand Prepare(string statement, int parameters)
    {
        var command = ((SqliteConnection)db.Database.GetDbConnection()).CreateCommand();
        command.Transaction = (SqliteTransaction)db.Database.CurrentTransaction!.GetDbTransaction();
#pragma warning disable CA2100 // made of the model's names
        command.CommandText = statement;
#pragma warning restore CA2100
        for (var i = 0; i < parameters; i++) command.Parameters.Add(new SqliteParameter($"${i}", null));
        return command;
    }
}
