using System.Globalization;
using CleanUsers.TestSupport;

namespace CleanUsers.WebApi.Tests;

/// <summary>A client that ends its connection in the middle of a request is no problem of the service: it logs no line of level Error.</summary>
public sealed class DisconnectingClients(Service service) : IClassFixture<Service>
{
    private const string Head = "HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Beginnings => new()
    {
        { "nothing", "" },
        { "half a request line", "POST /api/v1" },
        { "half a header section", $"POST /api/v1/users {Head}" },
        { "a header section and no body", $"POST /api/v1/users {Head}Content-Length: 1000\r\n\r\n" },
        { "half a body", $$"""POST /api/v1/users {{Head}}Content-Length: 1000{{"\r\n\r\n"}}{"email":" """ },
        { "half a body of a patch", $$"""PATCH /api/v1/users/1 {{Head}}Content-Length: 1000{{"\r\n\r\n"}}{"age": """ },
        { "half a body after Expect", $"POST /api/v1/users {Head}Expect: 100-continue\r\nContent-Length: 1000\r\n\r\n{{" },
        { "half a chunk", $"POST /api/v1/users {Head}Transfer-Encoding: chunked\r\n\r\nff\r\n{{\"email\":" },
        { "half the size of a chunk", $"POST /api/v1/users {Head}Transfer-Encoding: chunked\r\n\r\nf" },
        { "half a body of another type", "POST /api/v1/users HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 1000\r\n\r\nx" },
        { "half a body that nothing reads", $"DELETE /api/v1/users/999999 {Head}Content-Length: 1000\r\n\r\nx" },
        { "half a body to no resource", $"POST /nothing {Head}Content-Length: 1000\r\n\r\nx" },
        { "half a body to another method", $"BREW /api/v1/users {Head}Content-Length: 1000\r\n\r\nx" },
        { "a whole request", "GET /api/v1/users HTTP/1.1\r\nHost: x\r\n\r\n" },
    };

    [Theory]
    [MemberData(nameof(Beginnings))]
    public async Task Disconnect_within_a_request_logs_no_error(string part, string beginning)
    {
        var before = (await ErrorsAsync(service)).Count;
        await Parallel.ForAsync(0, 100, new ParallelOptions { MaxDegreeOfParallelism = 10, CancellationToken = Ct }, async (i, ct) =>
        {
            using var connection = new RawConnection(service.Client.BaseAddress!);
            await connection.SendAsync(beginning);
            // at once, or later when the service already waits for the rest
            await Task.Delay(TimeSpan.FromMilliseconds(i % 20), ct);
            if (i % 10 == 9) connection.EndSending();
            else connection.Reset();
        });

        // the web server handles the rest of a body before it ends the connection; the connection that stays is the test's own
        var start = TimeProvider.System.GetTimestamp();
        while (await ConnectionsAsync() > 1)
        {
            Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(30));
            await Task.Delay(50, Ct);
        }

        var errors = (await ErrorsAsync(service)).Skip(before).ToList();
        Assert.True(errors.Count == 0, $"{errors.Count} lines of level Error after {part}, such as\n{errors.FirstOrDefault()}");
    }

    /// <summary>The same when the service ends the request because of its timeout.</summary>
    [Fact]
    public async Task Timeout_within_a_body_logs_no_error()
    {
        LongTest.SkipUnlessDemanded();
        await using var hurried = new WithAShortTimeout();
        await hurried.InitializeAsync();
        foreach (var body in (string[])["Content-Length: 1000\r\n\r\n{", "Transfer-Encoding: chunked\r\n\r\nff\r\n{"])
        {
            using var connection = new RawConnection(hurried.Client.BaseAddress!);
            await connection.SendAsync($"POST /api/v1/users {Head}{body}");
            (await connection.ReadAsync("POST", TimeSpan.FromSeconds(20)))!.IsProblem(503, "unavailable");
            Assert.Null(await connection.ReadAsync("POST", TimeSpan.FromSeconds(20)));
        }

        Assert.Empty(await ErrorsAsync(hurried));
    }

    private async Task<long> ConnectionsAsync() => (await service.GetAsync("/metrics")).Body.Split('\n')
        .Where(line => line.StartsWith("kestrel_active_connections{", StringComparison.Ordinal))
        .Sum(line => long.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));

    private static async Task<List<string>> ErrorsAsync(Service service)
    {
        // log lines are in order: once the line of this request is there, those before it are there too
        var trace = Guid.NewGuid().ToString("N");
        await service.GetAsync("/problems/not-found", ("traceparent", $"00-{trace}-b7ad6b7169203331-01"));
        await service.Signals.LineAsync(line => line.TryGetProperty("traceId", out var id) && id.GetString() == trace);
        var errors = service.Signals.Lines().Where(line => line.GetProperty("level").GetString() is "Error" or "Critical");
        return [.. errors.Select(line => line.GetRawText())];
    }

    private sealed class WithAShortTimeout : Service
    {
        protected override IEnumerable<(string Key, string Value)> Settings => [("Http:RequestTimeout", "00:00:01")];
    }
}
