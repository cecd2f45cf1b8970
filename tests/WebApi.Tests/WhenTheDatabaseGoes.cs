using System.Collections.Concurrent;
using System.Diagnostics;
using CleanUsers.TestSupport;
using Npgsql;

namespace CleanUsers.WebApi.Tests;

/// <summary>What clients see while a server of the database stops, starts, drops connections or hangs.</summary>
public sealed class WhenTheDatabaseGoes(WhenTheDatabaseGoes.OverAServerOfItsOwn service) : IClassFixture<WhenTheDatabaseGoes.OverAServerOfItsOwn>
{
    private const int Clients = 8;

    private readonly OverAServerOfItsOwn _service = (OverAServerOfItsOwn)service.Present();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_that_is_stopped_under_load_costs_503_until_it_is_back_and_nothing_that_was_answered()
    {
        await using var load = new Load(_service);
        await Task.Delay(1000, Ct);
        await _service.PostgreSql.StopAsync();
        await UntilReadyIsAsync(503, TimeSpan.FromSeconds(5));
        load.Forget();
        await Task.Delay(3000, Ct);
        Assert.All(load.Answers, answer => Assert.Equal(503, answer.Status));

        await _service.PostgreSql.StartAsync();
        await UntilReadyIsAsync(200, TimeSpan.FromSeconds(3));
        load.Forget();
        await Task.Delay(500, Ct);
        Assert.All(load.Answers, answer => Assert.InRange(answer.Status, 200, 201));

        await load.EndAsync();
        Assert.InRange(load.Longest, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.NotEmpty(load.Created);
        foreach (var id in load.Created) (await _service.GetAsync($"/api/v1/users/{id}")).Is(200);
    }

    [Fact]
    public async Task Connections_that_break_in_the_middle_are_replaced_and_nothing_is_lost_or_doubled()
    {
        await using var load = new Load(_service);
        for (var i = 0; i < 20; i++)
        {
            await Task.Delay(100, Ct);
            await ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'CleanUsers'");
        }

        await load.EndAsync();
        Assert.All(load.Answers, answer => Assert.True(answer.Status is 200 or 201 or 503, answer.Body));
        Assert.Contains(load.Answers, answer => answer.Status == 201);
        foreach (var id in load.Created) (await _service.GetAsync($"/api/v1/users/{id}")).Is(200);
    }

    [Fact]
    public async Task A_server_that_hangs_costs_503_in_time_and_is_told_to_stop_working_on_it()
    {
        await using var connection = new NpgsqlConnection(_service.PostgreSql.ConnectionString);
        await connection.OpenAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        await using (var command = new NpgsqlCommand("LOCK TABLE \"Users\" IN ACCESS EXCLUSIVE MODE", connection, transaction)) await command.ExecuteNonQueryAsync(Ct);

        var watch = Stopwatch.StartNew();
        var answers = await Task.WhenAll(
            _service.GetAsync("/api/v1/users"),
            _service.GetAsync("/api/v1/users/1"),
            _service.SendAsync("POST", "/api/v1/users", """{"email":"hang@example.org"}"""),
            _service.SendAsync("POST", "/api/v1/users", """{"email":"hang@example.org"}""", ("Idempotency-Key", "hang")));
        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));
        Assert.All(answers[..3], answer => Assert.Equal("1", answer.IsProblem(503, "unavailable").Header("Retry-After")));
        answers[3].IsProblem(409, "request-in-progress"); // for all it knows, another one has the key
        Assert.Equal(0, await ExecuteAsync("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'CleanUsers' AND state = 'active'"));

        await transaction.RollbackAsync(Ct);
        (await _service.SendAsync("POST", "/api/v1/users", """{"email":"hang@example.org"}""", ("Idempotency-Key", "hang"))).Is(201);
    }

    private async Task UntilReadyIsAsync(int status, TimeSpan patience)
    {
        var watch = Stopwatch.StartNew();
        while ((await _service.GetAsync("/health/ready")).Status != status)
        {
            Assert.InRange(watch.Elapsed, TimeSpan.Zero, patience);
            await Task.Delay(20, Ct);
        }
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

    public sealed class OverAServerOfItsOwn() : Service(new OwnPostgreSqlDatabase())
    {
        public PostgreSqlServer PostgreSql => ((OwnPostgreSqlDatabase)Database).Server;

        protected override IEnumerable<(string Key, string Value)> Settings =>
            [("Http:RequestTimeout", "00:00:02"), ("Logging:LogLevel:Default", "Critical")];
    }

    /// <summary>Clients that create, read, list and change until they are told to end.</summary>
    private sealed class Load : IAsyncDisposable
    {
        private readonly Service _service;
        private readonly CancellationTokenSource _end = new();
        private readonly Task _clients;
        private ConcurrentBag<Answer> _answers = [];
        private long _longest;

        public Load(Service service)
        {
            _service = service;
            _clients = Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(RunAsync)));
        }

        public ConcurrentBag<long> Created { get; } = [];

        public IReadOnlyCollection<Answer> Answers => _answers;

        public TimeSpan Longest => TimeSpan.FromTicks(_longest);

        public void Forget() => _answers = [];

        public async Task EndAsync()
        {
            await _end.CancelAsync();
            await _clients;
        }

        public async ValueTask DisposeAsync()
        {
            await EndAsync();
            _end.Dispose();
        }

        private async Task RunAsync()
        {
            var mine = 0L;
            while (!_end.IsCancellationRequested)
            {
                var created = await SendAsync("POST", "/api/v1/users", $$"""{"email":"{{Guid.NewGuid():N}}@example.org"}""");
                if (created.Status == 201) Created.Add(mine = created["id"].GetInt64());
                if (mine == 0) continue;
                await SendAsync("GET", $"/api/v1/users/{mine}");
                await SendAsync("PATCH", $"/api/v1/users/{mine}", $$"""{"age":{{Random.Shared.Next(150)}},"name":"N {{Guid.NewGuid():N}}"}""");
                await SendAsync("GET", "/api/v1/users?sort=-name&pageSize=5");
            }
        }

        private async Task<Answer> SendAsync(string method, string path, string? body = null)
        {
            var watch = Stopwatch.StartNew();
            var answers = _answers; // one that began before it was forgotten is forgotten, too
            var answer = await _service.SendAsync(method, path, body);
            _longest = Math.Max(_longest, watch.Elapsed.Ticks);
            answers.Add(answer);
            return answer;
        }
    }
}
