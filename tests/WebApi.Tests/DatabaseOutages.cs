using System.Collections.Concurrent;
using System.Diagnostics;
using CleanUsers.TestSupport;
using Npgsql;

namespace CleanUsers.WebApi.Tests;

/// <summary>The responses while the database server stops, starts, drops connections or hangs.</summary>
public sealed class DatabaseOutages(DatabaseOutages.WithDedicatedServer service) : IClassFixture<DatabaseOutages.WithDedicatedServer>
{
    private const int Clients = 8;

    private readonly WithDedicatedServer _service = (WithDedicatedServer)service.Present();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stopped_server_causes_503_until_it_is_back_and_loses_no_created_user()
    {
        LongTest.SkipUnlessDemanded();
        await using var load = new Load(_service);
        await load.CollectAsync(TimeSpan.FromSeconds(1));
        await _service.PostgreSql.StopAsync();
        await UntilReadyIsAsync(503, TimeSpan.FromSeconds(5));
        Assert.All(await load.CollectAsync(TimeSpan.FromSeconds(3)), response => Assert.Equal(503, response.Status));

        await _service.PostgreSql.StartAsync();
        await UntilReadyIsAsync(200, TimeSpan.FromSeconds(3));
        Assert.All(await load.CollectAsync(TimeSpan.FromSeconds(0.5)), response => Assert.InRange(response.Status, 200, 201));

        await load.EndAsync();
        Assert.InRange(load.Longest, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.NotEmpty(load.Created);
        foreach (var id in load.Created) (await _service.GetAsync($"/api/v1/users/{id}")).Is(200);
    }

    [Fact]
    public async Task Broken_connections_are_replaced_and_no_created_user_is_lost()
    {
        LongTest.SkipUnlessDemanded();
        await using var load = new Load(_service);
        for (var i = 0; i < 20; i++)
        {
            await Task.Delay(100, Ct);
            await ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'CleanUsers'");
        }

        await load.EndAsync();
        Assert.All(load.Responses, response => Assert.True(response.Status is 200 or 201 or 503, response.Body));
        Assert.Contains(load.Responses, response => response.Status == 201);
        foreach (var id in load.Created) (await _service.GetAsync($"/api/v1/users/{id}")).Is(200);
    }

    /// <summary>As an administrator does, or the server's own limit of a statement's time.</summary>
    [Fact]
    public async Task Statement_that_the_server_cancels_is_503()
    {
        LongTest.SkipUnlessDemanded();
        await using var holder = await LockUsersAsync();

        foreach (var request in (Func<Task<Response>>[])[
            () => _service.GetAsync("/api/v1/users"),
            () => _service.GetAsync("/api/v1/users/1"),
            () => _service.SendAsync("POST", "/api/v1/users", """{"email":"cancelled@example.org"}""")])
        {
            var responding = request();
            var cancelled = 0L;
            while (!responding.IsCompleted)
            {
                cancelled += await ExecuteAsync(
                    """
                    SELECT count(*) FILTER (WHERE pg_cancel_backend(pid)) FROM pg_stat_activity
                    WHERE application_name = 'CleanUsers' AND wait_event_type = 'Lock'
                    """);
            }

            (await responding).IsProblem(503, "unavailable");
            Assert.NotEqual(0, cancelled);
        }

        await holder.CloseAsync();
        (await _service.SendAsync("POST", "/api/v1/users", """{"email":"cancelled@example.org"}""")).Is(201);
    }

    [Fact]
    public async Task Statements_that_are_cancelled_at_any_moment_are_503_and_no_created_user_is_lost()
    {
        LongTest.SkipUnlessDemanded();
        await using var load = new Load(_service);
        await ExecuteAsync(
            """
            DO $$ BEGIN FOR i IN 1..2500 LOOP
                PERFORM pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name = 'CleanUsers' AND state = 'active';
                PERFORM pg_stat_clear_snapshot(), pg_sleep(0.002);
            END LOOP; END $$
            """);
        await load.EndAsync();
        Assert.All(load.Responses, response => Assert.True(response.Status is 200 or 201 or 503, response.Body));
        Assert.Contains(load.Responses, response => response.Status == 503);
        Assert.NotEmpty(load.Created);
        foreach (var id in load.Created) (await _service.GetAsync($"/api/v1/users/{id}")).Is(200);
    }

    [Fact]
    public async Task Hanging_server_causes_503_within_the_timeout_and_its_commands_are_cancelled()
    {
        LongTest.SkipUnlessDemanded();
        await using var holder = await LockUsersAsync();

        var watch = Stopwatch.StartNew();
        var responses = await Task.WhenAll(
            _service.GetAsync("/api/v1/users"),
            _service.GetAsync("/api/v1/users/1"),
            _service.SendAsync("POST", "/api/v1/users", """{"email":"hang@example.org"}"""),
            _service.SendAsync("POST", "/api/v1/users", """{"email":"hang@example.org"}""", ("Idempotency-Key", "hang")));
        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));
        Assert.All(responses[..3], response => Assert.Equal("1", response.IsProblem(503, "unavailable").Header("Retry-After")));
        // the key may belong to another request: PostgreSQL looks at the foreign key to the locked table when the key is claimed
        responses[3].IsProblem(409, "request-in-progress");
        Assert.Equal(0, await ExecuteAsync("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'CleanUsers' AND state = 'active'"));

        await holder.CloseAsync();
        (await _service.SendAsync("POST", "/api/v1/users", """{"email":"hang@example.org"}""", ("Idempotency-Key", "hang"))).Is(201);
    }

    [Fact]
    public async Task Account_without_rights_reads_and_its_writes_are_503()
    {
        LongTest.SkipUnlessDemanded();
        var user = (await _service.SendAsync("POST", "/api/v1/users", """{"email":"rights@example.org"}""")).Is(201).Header("Location")!;
        await ExecuteAsync("CREATE ROLE reader; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader");
        await ReconnectAsync("SET role = reader");

        (await _service.GetAsync("/api/v1/users")).Is(200);
        (await _service.SendAsync("POST", "/api/v1/users", """{"email":"rights.2@example.org"}""")).IsProblem(503, "unavailable");
        (await _service.SendAsync("PATCH", user, """{"name":"Ada"}""")).IsProblem(503, "unavailable");
        (await _service.SendAsync("DELETE", user)).IsProblem(503, "unavailable");

        await ReconnectAsync("RESET role");
        (await _service.SendAsync("PATCH", user, """{"name":"Ada"}""")).Is(200);
    }

    /// <summary>Changes a setting of all new connections to the database, and closes those of the service.</summary>
    private Task<long> ReconnectAsync(string setting) => ExecuteAsync(
        $"""
        SET ROLE NONE;
        DO $$ BEGIN EXECUTE format('ALTER DATABASE %I {setting}', current_database()); END $$;
        SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'CleanUsers'
        """);

    private async Task UntilReadyIsAsync(int status, TimeSpan timeout)
    {
        var watch = Stopwatch.StartNew();
        while ((await _service.GetAsync("/health/ready")).Status != status)
        {
            Assert.InRange(watch.Elapsed, TimeSpan.Zero, timeout);
            await Task.Delay(20, Ct);
        }
    }

    /// <summary>Locks the table of users, until the connection is closed.</summary>
    private async Task<NpgsqlConnection> LockUsersAsync()
    {
        var connection = new NpgsqlConnection($"{_service.PostgreSql.ConnectionString};Pooling=false");
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand("BEGIN; LOCK TABLE \"Users\" IN ACCESS EXCLUSIVE MODE", connection);
        await command.ExecuteNonQueryAsync(Ct);
        return connection;
    }

    private async Task<long> ExecuteAsync(string statement)
    {
        await using var connection = new NpgsqlConnection($"{_service.PostgreSql.ConnectionString};Pooling=false");
        await connection.OpenAsync(Ct);
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // constants of this file
        command.CommandText = statement;
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync(Ct) is long number ? number : 0;
    }

    public sealed class WithDedicatedServer() : Service(new OwnPostgreSqlDatabase())
    {
        public PostgreSqlServer PostgreSql => ((OwnPostgreSqlDatabase)Database).Server;

        protected override IEnumerable<(string Key, string Value)> Settings =>
            [("Http:RequestTimeout", "00:00:02"), ("Logging:LogLevel:Default", "Critical")];
    }

    /// <summary>Clients that create, read, list and change users until <see cref="EndAsync"/>.</summary>
    private sealed class Load : IAsyncDisposable
    {
        private readonly Service _service;
        private readonly CancellationTokenSource _end = new();
        private readonly Task _clients;
        private ConcurrentBag<Response> _responses = [];
        private readonly ConcurrentBag<string> _ofOthers = [];
        private long _longest;

        public Load(Service service)
        {
            _service = service;
            _clients = Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(RunAsync)));
        }

        public ConcurrentBag<long> Created { get; } = [];

        public IReadOnlyCollection<Response> Responses => _responses;

        public TimeSpan Longest => TimeSpan.FromTicks(_longest);

        /// <summary>The responses to the requests that begin from now on: those of this time, and at least three for each client.</summary>
        public async Task<IReadOnlyCollection<Response>> CollectAsync(TimeSpan time)
        {
            ConcurrentBag<Response> responses = [];
            _responses = responses;
            for (var watch = Stopwatch.StartNew(); watch.Elapsed < time || responses.Count < 3 * Clients; await Task.Delay(20, Ct))
                Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(60));
            return responses;
        }

        public async Task EndAsync()
        {
            await _end.CancelAsync();
            await _clients;
            Assert.Empty(_ofOthers); // what failed must not leave its results to another request
        }

        public async ValueTask DisposeAsync()
        {
            await EndAsync();
            _end.Dispose();
        }

        private async Task RunAsync()
        {
            var (mine, address) = (0L, "");
            while (!_end.IsCancellationRequested)
            {
                var email = $"{Guid.NewGuid():N}@example.org";
                var created = await SendAsync("POST", "/api/v1/users", $$"""{"email":"{{email}}"}""");
                if (created.Status == 201)
                {
                    (mine, address) = (created["id"].GetInt64(), email);
                    Created.Add(mine);
                }

                if (mine == 0) continue;
                var read = await SendAsync("GET", $"/api/v1/users/{mine}");
                var changed = await SendAsync(
                    "PATCH", $"/api/v1/users/{mine}", $$"""{"age":{{Random.Shared.Next(150)}},"name":"N {{Guid.NewGuid():N}}"}""");
                foreach (var user in (Response[])[created, read, changed])
                    if (user.Status is 200 or 201 && (user["id"].GetInt64(), user["email"].GetString()) != (mine, address)) _ofOthers.Add(user.Body);
                await SendAsync("GET", "/api/v1/users?sort=-name&pageSize=5");
            }
        }

        private async Task<Response> SendAsync(string method, string path, string? body = null)
        {
            var watch = Stopwatch.StartNew();
            var responses = _responses; // a request that began before CollectAsync does not count
            var response = await _service.SendAsync(method, path, body);
            _longest = Math.Max(_longest, watch.Elapsed.Ticks);
            responses.Add(response);
            return response;
        }
    }
}
