namespace CleanUsers.WebApi.Tests;

/// <summary>The reply to a commit is lost, and the traces of what was committed too, so that the outcome can't be known.</summary>
public sealed class UnknownCommitOutcome(ServiceBehindARelay service) : IClassFixture<ServiceBehindARelay>
{
    private readonly ServiceBehindARelay _service = (ServiceBehindARelay)service.Present();

    [Fact]
    public async Task Create_with_an_unknown_outcome_is_503()
    {
        const string Address = "unknown@lost.example";
        _service.Relay.LoseNextReply(() => _service.ExecuteAsync("""DELETE FROM "Users" WHERE "Email" = $1""", Address));
        var response = await _service.SendAsync("POST", "/api/v1/users", $$"""{"email":"{{Address}}"}""", ("Idempotency-Key", Address));
        Assert.Equal("1", response.IsProblem(503, "unavailable").Header("Retry-After"));
        Assert.Empty((await _service.GetAsync($"/api/v1/users?email={Address}")).Is(200)["items"].EnumerateArray());
    }

    [Fact]
    public async Task Change_of_a_user_that_is_purged_meanwhile_is_503()
    {
        const string Address = "erased@lost.example";
        var id = await _service.CreateAsync(Address);
        _service.Relay.LoseNextReply(async () =>
        {
            await _service.ExecuteAsync("""DELETE FROM "Users" WHERE "Email" = $1""", Address);
            await _service.ExecuteAsync("""UPDATE "UserChanges" SET "Email" = NULL WHERE "Email" = $1 AND "Version" = 2""", Address);
        });
        var response = await _service.SendAsync("PATCH", $"/api/v1/users/{id}", """{"age":36}""");
        Assert.Equal("1", response.IsProblem(503, "unavailable").Header("Retry-After"));
    }
}
