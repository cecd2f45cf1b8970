namespace CleanUsers.WebApi.Tests;

/// <summary>The reply to COMMIT is lost, and so is every trace of what was committed.</summary>
public sealed class UnknownCommitOutcome(ServiceBehindARelay service) : IClassFixture<ServiceBehindARelay>
{
    private readonly ServiceBehindARelay _service = (ServiceBehindARelay)service.Present();

    [Fact]
    public async Task A_create_whose_outcome_can_not_be_known_is_503()
    {
        const string Address = "unknown@lost.example";
        _service.Relay.LoseNextReply(() => _service.ExecuteAsync("""DELETE FROM "Users" WHERE "Email" = $1""", Address));
        var answer = await _service.SendAsync("POST", "/api/v1/users", $$"""{"email":"{{Address}}"}""");
        Assert.Equal("1", answer.IsProblem(503, "unavailable").Header("Retry-After"));
        Assert.Empty((await _service.GetAsync($"/api/v1/users?email={Address}")).Is(200)["items"].EnumerateArray());
    }
}
