using Npgsql;

namespace CleanUsers.WebApi.Tests;

/// <summary>
/// The reply to COMMIT is lost, and another client changes the row before the service can read it again. The response is still that of the
/// commit: the write is not repeated, and no client gets an error for it.
/// </summary>
public sealed class LostCommitReplies(ServiceBehindARelay service) : IClassFixture<ServiceBehindARelay>
{
    private readonly ServiceBehindARelay _service = (ServiceBehindARelay)service.Present();

    /// <summary>The concurrent change of another client, in SQL because it must not pass the relay.</summary>
    public enum Meanwhile
    {
        Nothing,
        Changed,
        Deleted,
        Restored,
        Purged,
    }

    public static TheoryData<string, Meanwhile> Cases => new()
    {
        { "POST", Meanwhile.Nothing }, { "POST", Meanwhile.Changed }, { "POST", Meanwhile.Deleted },
        { "POST with a key", Meanwhile.Nothing }, { "POST with a key", Meanwhile.Changed },
        { "PATCH", Meanwhile.Nothing }, { "PATCH", Meanwhile.Changed }, { "PATCH", Meanwhile.Deleted }, { "PATCH", Meanwhile.Purged },
        { "PUT", Meanwhile.Nothing }, { "PUT", Meanwhile.Changed }, { "PUT", Meanwhile.Deleted },
        { "DELETE", Meanwhile.Nothing }, { "DELETE", Meanwhile.Restored }, { "DELETE", Meanwhile.Purged },
        { "restore", Meanwhile.Nothing }, { "restore", Meanwhile.Changed }, { "restore", Meanwhile.Deleted },
        { "purge", Meanwhile.Nothing },
        { "email", Meanwhile.Nothing }, { "email", Meanwhile.Changed },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Outcome_is_that_of_the_commit(string operation, Meanwhile meanwhile)
    {
        var address = $"{operation.Replace(' ', '.')}.{meanwhile}@lost.example";
        var id = operation.StartsWith("POST", StringComparison.Ordinal) ? 0
            : operation is "restore" or "purge" ? await _service.CreateDeletedAsync(address)
            : await _service.CreateAsync(address);
        var lost = _service.Relay.Lost;
        var before = id == 0 ? 0 : await VersionAsync(address);
        _service.Relay.LoseNextReply(() => ChangeAsync(address, meanwhile));

        var response = await SendAsync(operation, id, address, before);

        Assert.Equal(lost + 1, _service.Relay.Lost);
        response.Is(operation switch { "DELETE" or "purge" => 204, "PATCH" or "PUT" or "restore" => 200, _ => 201 });
        Assert.Equal(Expected(operation, meanwhile, before), await StateAsync(address));
        Assert.Equal(operation == "email" ? 1 : 0, await DeliveredAsync(id));
        Assert.DoesNotContain(_service.Signals.Lines(), line => line.GetProperty("level").GetString() is "Error" or "Critical");
    }

    [Fact]
    public async Task Changes_have_one_position_each_if_the_reply_to_their_placement_is_lost()
    {
        var now = (await _service.GetAsync("/api/v1/changes?cursor=now")).Is(200)["nextCursor"].GetString();
        var id = await _service.CreateAsync("placed@lost.example");
        var lost = _service.Relay.Lost;
        _service.Relay.LoseNextReply(() => Task.CompletedTask);
        var page = (await _service.GetAsync($"/api/v1/changes?cursor={now}")).Is(200);
        Assert.Equal(lost + 1, _service.Relay.Lost);
        Assert.Equal([id], page["items"].EnumerateArray().Select(item => item.GetProperty("userId").GetInt64()));
    }

    /// <summary>The number of the user's emails, once all are delivered: a delivery commits too, and must not disturb the next test.</summary>
    private async Task<int> DeliveredAsync(long id)
    {
        for (var i = 0; i < 600; i++, await Task.Delay(50, TestContext.Current.CancellationToken))
        {
            var emails = await _service.GetAsync($"/api/v1/users/{id}/emails");
            if (emails.Status == 404) return 0;
            var states = emails["items"].EnumerateArray().Select(email => email.GetProperty("status").GetString()).ToList();
            if (states.TrueForAll(state => state == "Sent")) return states.Count;
        }

        throw new Xunit.Sdk.XunitException("The email was not delivered.");
    }

    private Task<Response> SendAsync(string operation, long id, string address, long version) => operation switch
    {
        "POST" => _service.SendAsync("POST", "/api/v1/users", $$"""{"email":"{{address}}"}"""),
        "POST with a key" => _service.SendAsync("POST", "/api/v1/users", $$"""{"email":"{{address}}"}""", ("Idempotency-Key", address)),
        "PATCH" => _service.SendAsync("PATCH", $"/api/v1/users/{id}", """{"age":36}""", ("If-Match", $"\"{version}\"")),
        "PUT" => _service.SendAsync(
            "PUT", $"/api/v1/users/{id}", $$"""{"email":"{{address}}","age":36,"role":"User","status":"Active"}""", ("If-Match", $"\"{version}\"")),
        "DELETE" => _service.SendAsync("DELETE", $"/api/v1/users/{id}"),
        "restore" => _service.SendAsync("PATCH", $"/api/v1/deleted-users/{id}", """{"deleted":false}"""),
        "purge" => _service.SendAsync("DELETE", $"/api/v1/deleted-users/{id}"),
        "email" => _service.SendAsync("POST", $"/api/v1/users/{id}/emails", """{"subject":"Hello","text":"Welcome."}"""),
        _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, null),
    };

    /// <summary>The user's version and whether it is deleted, after one commit of the operation and one concurrent change; null if purged.</summary>
    private static (long Version, bool Deleted)? Expected(string operation, Meanwhile meanwhile, long before)
    {
        var committed = operation == "email" ? before : before + 1;
        return (operation, meanwhile) switch
        {
            (_, Meanwhile.Purged) or ("purge", _) => null,
            (_, Meanwhile.Nothing) => (committed, operation == "DELETE"),
            (_, Meanwhile.Changed or Meanwhile.Restored) => (committed + 1, false),
            (_, Meanwhile.Deleted) => (committed + 1, true),
            _ => throw new ArgumentOutOfRangeException(nameof(meanwhile), meanwhile, null),
        };
    }

    private Task ChangeAsync(string address, Meanwhile meanwhile) => meanwhile switch
    {
        Meanwhile.Nothing => Task.CompletedTask,
        Meanwhile.Changed => _service.ExecuteAsync("""UPDATE "Users" SET "Version" = "Version" + 1, "Role" = 2 WHERE "Email" = $1""", address),
        Meanwhile.Deleted => _service.ExecuteAsync(
            """UPDATE "Users" SET "Version" = "Version" + 1, "DeletedAt" = now(), "DeletedBy" = 'eve' WHERE "Email" = $1""", address),
        Meanwhile.Restored => _service.ExecuteAsync(
            """UPDATE "Users" SET "Version" = "Version" + 1, "DeletedAt" = NULL, "DeletedBy" = NULL WHERE "Email" = $1""", address),
        Meanwhile.Purged => _service.ExecuteAsync("""DELETE FROM "Users" WHERE "Email" = $1""", address),
        _ => throw new ArgumentOutOfRangeException(nameof(meanwhile), meanwhile, null),
    };

    private async Task<long> VersionAsync(string address) => (await StateAsync(address))!.Value.Version;

    private async Task<(long Version, bool Deleted)?> StateAsync(string address)
    {
        await using var connection = new NpgsqlConnection(_service.Direct);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(
            """SELECT "Version", "DeletedAt" IS NOT NULL FROM "Users" WHERE "Email" = $1""",
            connection)
        { Parameters = { new() { Value = address } } };
        await using var rows = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        return await rows.ReadAsync(TestContext.Current.CancellationToken) ? (rows.GetInt64(0), rows.GetBoolean(1)) : null;
    }
}
