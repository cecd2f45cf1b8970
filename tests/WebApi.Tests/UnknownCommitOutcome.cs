namespace CleanUsers.WebApi.Tests;

/// <summary>The reply to COMMIT is lost, and the committed row too, so that the outcome can't be known.</summary>
public sealed class UnknownCommitOutcome(ServiceBehindARelay service) : IClassFixture<ServiceBehindARelay>
{
    private readonly ServiceBehindARelay _service = (ServiceBehindARelay)service.Present();

    [Fact]
    public async Task Create_with_an_unknown_outcome_is_503()
    {
        const string Address = "unknown@lost.example";
        _service.Relay.LoseNextReply(() => _service.ExecuteAsync("""DELETE FROM "Users" WHERE "Email" = $1""", Address));
        var response = await _service.SendAsync("POST", "/api/v1/users", $$"""{"email":"{{Address}}"}""");
        Assert.Equal("1", response.IsProblem(503, "unavailable").Header("Retry-After"));
        Assert.Empty((await _service.GetAsync($"/api/v1/users?email={Address}")).Is(200)["items"].EnumerateArray());
    }
}
