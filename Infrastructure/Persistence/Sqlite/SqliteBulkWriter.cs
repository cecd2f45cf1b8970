using CleanUsers.Application.Ports;
using CleanUsers.Domain.Users;
using CleanUsers.Infrastructure.Persistence.Search;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using SQLitePCL;

namespace CleanUsers.Infrastructure.Persistence.Sqlite;

/// <summary>SQLite's own bulk path: statements that are parsed once, in one transaction.</summary>
internal sealed class SqliteBulkWriter(UsersDbContext db, UserTable table) : IUserBulkWriter
{
    /// <summary>
    /// In pages of 4 KiB. Each batch touches pages all over the indexes; moved from the log into the database after each, as is the custom, most
    /// of them would be written again and again.
    /// </summary>
    private const int PagesBetweenCheckpoints = 65536;

    /// <summary>In KiB, of pages in memory: with SQLite's 2 MB it reads and writes the pages of the indexes several times for each batch.</summary>
    private const int Cache = 64 * 1024;

    private SqliteConnection Connection => (SqliteConnection)db.Database.GetDbConnection();

    public Task<IReadOnlyList<bool>> AddAsync(IReadOnlyList<User> users, CancellationToken ct) => db.InTransactionAsync(
        async token =>
        {
            var sorting = SortedWords.OfAsync(users, token);
            // no other writer until the end: so the next id is known, and a rejected user uses no id
            var first = 1 + await db.Database
                .SqlQuery<long>($"SELECT COALESCE(MAX(\"seq\"), 0) AS \"Value\" FROM \"sqlite_sequence\" WHERE \"name\" = 'Users'")
                .SingleAsync(token);
            var next = first;
            await db.Database.ExecuteSqlRawAsync($"PRAGMA wal_autocheckpoint = {PagesBetweenCheckpoints}; PRAGMA cache_size = -{Cache}", token);
            var added = new bool[users.Count];
            var values = new object?[table.Names.Count + 1]; // the last one is the id
            var ids = new long[users.Count];
            using var insertUser = new RepeatedStatement(
                Connection,
                $"""
                INSERT INTO "Users" ({table.List}, "Id") VALUES ({string.Join(", ", values.Select(_ => "?"))})
                ON CONFLICT ("EmailKey") WHERE "DeletedAt" IS NULL DO NOTHING
                """);
            for (var i = 0; i < users.Count; i++)
            {
                token.ThrowIfCancellationRequested();
                var user = users[i];
                for (var column = 0; column < table.Names.Count; column++) values[column] = table.Value(column, user);
                values[^1] = next;
                if (insertUser.Execute(values) == 0) continue;
                (added[i], ids[i]) = (true, next++);
            }

            // a rejected user has moved it
            await db.Database.ExecuteSqlAsync($"UPDATE \"sqlite_sequence\" SET \"seq\" = {next - 1} WHERE \"name\" = 'Users'", token);
            var addedUsers = $""" "Users" WHERE "Id" >= {first} ORDER BY "Id" """;
            await db.Database.ExecuteSqlRawAsync(table.InsertChanges($"{UserChangeKind.Created:D}", addedUsers), token);
            await db.Database.ExecuteSqlRawAsync(table.InsertIntoFeed(addedUsers), token);
            using var insertWord = new RepeatedStatement(Connection, """INSERT INTO "UserWords" ("Word", "UserId") VALUES (?, ?)""");
            foreach (var (word, user) in await sorting)
            {
                token.ThrowIfCancellationRequested();
                if (added[user]) insertWord.Execute([word, ids[user]]);
            }

            return ((IReadOnlyList<bool>)added, true);
        },
        ct);

    /// <summary>
    /// A statement that is executed many times, in the running transaction of its connection. What the driver's commands do for each execution costs
    /// as much as what SQLite does.
    /// </summary>
    private sealed class RepeatedStatement : IDisposable
    {
        private readonly sqlite3 _database;
        private readonly sqlite3_stmt _statement;

        /// <exception cref="SqliteException">The statement is not valid.</exception>
        public RepeatedStatement(SqliteConnection connection, string text)
        {
            _database = connection.Handle!;
            Check(raw.sqlite3_prepare_v2(_database, text, out _statement));
        }

        /// <param name="values">Of its parameters, in their order: texts, of which none of a user has U+0000, integers or null.</param>
        /// <returns>How many rows it has changed.</returns>
        /// <exception cref="SqliteException">SQLite rejects it.</exception>
        public int Execute(ReadOnlySpan<object?> values)
        {
            for (var i = 0; i < values.Length; i++) Check(Bind(i + 1, values[i]));
            raw.sqlite3_step(_statement);
            Check(raw.sqlite3_reset(_statement)); // it returns what the step has returned, if that was an error
            return raw.sqlite3_changes(_database);
        }

        public void Dispose() => _statement.Dispose();

        private int Bind(int parameter, object? value) => value switch
        {
            null => raw.sqlite3_bind_null(_statement, parameter),
            string text => raw.sqlite3_bind_text(_statement, parameter, text),
            long number => raw.sqlite3_bind_int64(_statement, parameter, number),
            int number => raw.sqlite3_bind_int64(_statement, parameter, number),
            _ => throw new ArgumentException($"A {value.GetType()} is no value of SQLite.", nameof(value)),
        };

        private void Check(int result)
        {
            if (result != raw.SQLITE_OK) SqliteException.ThrowExceptionForRC(result, _database);
        }
    }
}
