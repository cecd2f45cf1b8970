namespace CleanUsers.Infrastructure.Persistence.PostgreSql;

/// <summary>One statement whose parts are common table expressions.</summary>
internal sealed class PostgreSqlUserWriter(UserTable table) : PreparedUserWriter(table)
{
    private const string Result = $"""SELECT "Id", "Transaction" AS "{PostgreSqlUsersDbContext.Xmin}" FROM "Written" """;
    private const string InsertWords = """INSERT INTO "UserWords" ("UserId", "Word") SELECT "Id", """;

    private const string Written = "\"Written\"";

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

    private static string Elements(string words) => $"json_array_elements_text({words}::json)";

    private string Returning => $"""RETURNING "Id", xmin AS "Transaction", {Table.Recorded}""";
}
