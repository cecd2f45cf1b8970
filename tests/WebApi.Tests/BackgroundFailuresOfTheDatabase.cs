namespace CleanUsers.WebApi.Tests;

/// <summary>The table of emails can't be read, for a reason that is no outage: the service serves users, and delivers once the table is repaired.</summary>
public abstract class BackgroundFailuresOfTheDatabase(Service service)
{
    private readonly Service _service = service.Present();

    protected abstract string Break { get; }

    protected abstract string Repair { get; }

    [Fact]
    public async Task The_service_lives_and_goes_on_when_the_failure_is_over()
    {
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
        for (var i = 0; i < 200; i++, await Task.Delay(50, TestContext.Current.CancellationToken))
            if ((await _service.GetAsync(path))["status"].GetString() == "Sent") return;
        Assert.Fail("The email was not sent.");
    }
}

public sealed class BackgroundFailuresOfTheDatabaseOnSqlite(ServiceOnSqlite service) : BackgroundFailuresOfTheDatabase(service), IClassFixture<ServiceOnSqlite>
{
    protected override string Break => """ALTER TABLE "Emails" RENAME TO "Kept"; CREATE VIEW "Emails" AS SELECT json('{') AS "DueAt", 1 AS "Id" """;

    protected override string Repair => """DROP VIEW "Emails"; ALTER TABLE "Kept" RENAME TO "Emails" """;
}

public sealed class BackgroundFailuresOfTheDatabaseOnPostgreSql(ServiceOnPostgreSql service)
    : BackgroundFailuresOfTheDatabase(service), IClassFixture<ServiceOnPostgreSql>
{
    protected override string Break => """ALTER TABLE "Emails" RENAME TO "Kept"; CREATE VIEW "Emails" AS SELECT now()::text AS "DueAt", 1::bigint AS "Id" """;

    protected override string Repair => """DROP VIEW "Emails"; ALTER TABLE "Kept" RENAME TO "Emails" """;
}
