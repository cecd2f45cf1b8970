using CleanUsers.TestSupport;

namespace CleanUsers.WebApi.Tests;

/// <summary>The table of emails can't be read, but not because of an outage: the service still serves users, and delivers after the repair.</summary>
public abstract class BackgroundDatabaseFailures(Service service)
{
    private readonly Service _service = service.Present();

    protected abstract string Break { get; }

    protected abstract string Repair { get; }

    [Fact]
    public async Task Service_stays_up_and_delivers_after_the_table_is_repaired()
    {
        LongTest.SkipUnlessDemanded();
        var id = await _service.CreateAsync("background@example.org");
        await _service.ExecuteAsync(Break);
        await _service.Signals.LineAsync(line => line.GetProperty("level").GetString() == "Error"
            && line.GetProperty("message").GetString() == "An unexpected error: delivering emails is tried again later.");
        (await _service.GetAsync($"/api/v1/users/{id}")).Is(200);
        (await _service.GetAsync("/health/live")).Is(200);

        await _service.ExecuteAsync(Repair);
        (await _service.SendAsync("POST", $"/api/v1/users/{id}/emails", """{"subject":"Hello","text":"Welcome."}""")).Is(201);
        await WaitUntilSentAsync($"/api/v1/users/{id}/emails/1");
    }

    private async Task WaitUntilSentAsync(string path)
    {
        for (var i = 0; i < 600; i++, await Task.Delay(50, TestContext.Current.CancellationToken))
            if ((await _service.GetAsync(path))["status"].GetString() == "Sent") return;
        Assert.Fail("The email was not sent.");
    }
}

public sealed class BackgroundDatabaseFailuresOnSqlite(ServiceOnSqlite service) : BackgroundDatabaseFailures(service), IClassFixture<ServiceOnSqlite>
{
    protected override string Break => """ALTER TABLE "Emails" RENAME TO "Kept"; CREATE VIEW "Emails" AS SELECT json('{') AS "DueAt", 1 AS "Id" """;

    protected override string Repair => """DROP VIEW "Emails"; ALTER TABLE "Kept" RENAME TO "Emails" """;
}

public sealed class BackgroundDatabaseFailuresOnPostgreSql(ServiceOnPostgreSql service)
    : BackgroundDatabaseFailures(service), IClassFixture<ServiceOnPostgreSql>
{
    protected override string Break =>
        """ALTER TABLE "Emails" RENAME TO "Kept"; CREATE VIEW "Emails" AS SELECT now()::text AS "DueAt", 1::bigint AS "Id" """;

    protected override string Repair => """DROP VIEW "Emails"; ALTER TABLE "Kept" RENAME TO "Emails" """;
}
