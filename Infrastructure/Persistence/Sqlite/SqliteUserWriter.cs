using CleanUsers.Domain.Users;

namespace CleanUsers.Infrastructure.Persistence.Sqlite;

/// <summary>Several statements in one command, which returns the id of the user.</summary>
/// <param name="connectionString">A complete one, see <see cref="SqliteConnectionSettings.Complete"/>.</param>
internal sealed class SqliteUserWriter(UserTable table, string connectionString) : PreparedUserWriter(table)
{
    private const string InsertWords = "INSERT INTO \"UserWords\" (\"UserId\", \"Word\") SELECT";
    private const string NewId = "(SELECT \"seq\" FROM \"sqlite_sequence\" WHERE \"name\" = 'Users')";

    protected override async Task WriteAloneAsync(ScopedContext db, IReadOnlyList<UserWrite> writes, CancellationToken ct)
    {
        await SqliteWriteQueue.Of(connectionString).WriteAsync(
            async (session, transaction) =>
            {
                foreach (var write in writes) Accept(write.User, await ExecuteAsync(session.Command(write.Statement, transaction), write, ct));
                return (writes.Count, true);
            },
            ct);
        foreach (var write in writes) UserMetrics.Of(write.User).Commit();
    }

    protected override void Accept(User user, object given)
    {
        if (user.Id == 0) Table.SetId(user, (long)given);
    }

    protected override string Insert(string values, string id, string words) =>
        $"""
        INSERT INTO "Users" ({Table.List}) VALUES ({values}) RETURNING "Id";
        {Table.InsertChanges(Created, $""" "Users" WHERE "Id" = {NewId}""")};
        {Table.InsertIntoFeed($""" "Users" WHERE "Id" = {NewId}""")};
        {InsertWords} {NewId}, "value" FROM json_each({words})
        """;

    protected override string Update(string assignments, string condition, string id, string kind, (string Removed, string Added)? words)
    {
        var update =
            $"""
            UPDATE "Users" SET {assignments} WHERE {condition} RETURNING "Id";
            {Table.InsertChanges(kind, $""" "Users" WHERE "Id" = {id}""")};
            {Table.InsertIntoFeed($""" "Users" WHERE "Id" = {id}""")};
            """;
        return words is null
            ? update
            : $"""
            {update}
            DELETE FROM "UserWords" WHERE "UserId" = {id} AND "Word" IN (SELECT "value" FROM json_each({words.Value.Removed}));
            {InsertWords} {id}, "value" FROM json_each({words.Value.Added})
            """;
    }
}
