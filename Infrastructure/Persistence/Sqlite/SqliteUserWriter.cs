using System.Data.Common;
using System.Text.Json;
using CleanUsers.Domain.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace CleanUsers.Infrastructure.Persistence.Sqlite;

/// <summary>Several statements in one command, and the words as a JSON array.</summary>
internal sealed class SqliteUserWriter(UserTable table) : PreparedUserWriter(table)
{
    private const string InsertWords = "INSERT INTO \"UserWords\" (\"UserId\", \"Word\") SELECT";
    private const string NewId = "(SELECT \"seq\" FROM \"sqlite_sequence\" WHERE \"name\" = 'Users')";

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

    protected override object ToParameter(IEnumerable<string> words) => JsonSerializer.Serialize(words);

    /// <summary>The id that the database gave to a new user.</summary>
    protected override void Accept(EntityEntry<User> entry, DbDataReader row)
    {
        if (entry.State == EntityState.Added) entry.Property(user => user.Id).CurrentValue = row.GetInt64(0);
    }
}
