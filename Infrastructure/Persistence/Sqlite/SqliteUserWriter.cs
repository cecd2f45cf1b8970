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

    protected override string Insert(string values, string id, string words) =>
        $"""
        INSERT INTO "Users" ({Table.List}) VALUES ({values}) RETURNING "Id";
        {InsertWords} (SELECT "seq" FROM "sqlite_sequence" WHERE "name" = 'Users'), "value" FROM json_each({words})
        """;

    protected override string Update(string assignments, string condition) =>
        $"""UPDATE "Users" SET {assignments} WHERE {condition} RETURNING "Id" """;

    protected override string Update(string assignments, string condition, string id, string removed, string added) =>
        $"""
        {Update(assignments, condition)};
        DELETE FROM "UserWords" WHERE "UserId" = {id} AND "Word" IN (SELECT "value" FROM json_each({removed}));
        {InsertWords} {id}, "value" FROM json_each({added})
        """;

    protected override object ToParameter(IEnumerable<string> words) => JsonSerializer.Serialize(words);

    /// <summary>The id that the database gave to a new user.</summary>
    protected override void Accept(EntityEntry<User> entry, DbDataReader row)
    {
        if (entry.State == EntityState.Added) entry.Property(user => user.Id).CurrentValue = row.GetInt64(0);
    }
}
