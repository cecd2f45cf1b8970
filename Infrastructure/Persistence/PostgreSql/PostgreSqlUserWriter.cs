using System.Data.Common;
using CleanUsers.Domain.Users;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace CleanUsers.Infrastructure.Persistence.PostgreSql;

/// <summary>One statement whose parts are common table expressions, and the words as an array.</summary>
internal sealed class PostgreSqlUserWriter(UserTable table) : PreparedUserWriter(table)
{
    private const string InsertWords = """INSERT INTO "UserWords" ("UserId", "Word") SELECT "Id", """;

    private const string Written = "\"Written\"";

    protected override string Insert(string values, string id, string words) =>
        $"""
        WITH "Written" AS (INSERT INTO "Users" ({Table.List}, "Id") VALUES ({values}, {id}) {Returning}),
            "Recorded" AS ({Table.InsertChanges(Created, Written)}),
            "Queued" AS ({Table.InsertIntoFeed(Written)}),
            "Added" AS ({InsertWords} unnest({words}) FROM "Written")
        SELECT "Id", "Transaction" FROM "Written"
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
                    "Removed" AS (DELETE FROM "UserWords" USING "Written" WHERE "UserId" = "Id" AND "Word" = ANY({removed})),
                    "Added" AS ({InsertWords} unnest({added}) FROM "Written")
                """;
        }

        return $"""{update} SELECT "Id", "Transaction" FROM "Written" """;
    }

    private string Returning => $"""RETURNING "Id", xmin AS "Transaction", {Table.Recorded}""";

    protected override object ToParameter(IEnumerable<string> words) => words.ToArray();

    /// <summary>The transaction that wrote the row.</summary>
    protected override void Accept(EntityEntry<User> entry, DbDataReader row) =>
        entry.Property(PostgreSqlUsersDbContext.Xmin).CurrentValue = row.GetFieldValue<uint>(1);
}
