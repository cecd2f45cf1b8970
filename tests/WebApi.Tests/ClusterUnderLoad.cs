using System.Diagnostics;
using System.Globalization;
using System.Text;
using CleanUsers.TestSupport;

namespace CleanUsers.WebApi.Tests;

/// <summary>
/// Three replicas behind a load balancer, on PostgreSQL with two synchronous standbys, under the load of clients that write and read what they wrote.
/// Each test takes about fifteen seconds, or those of <c>CLEANUSERS_TEST_CLUSTER_SECONDS</c>.
/// </summary>
public sealed class ClusterUnderLoad : IAsyncDisposable
{
    private const int Clients = 8;

    private static readonly TimeSpan Length = TimeSpan.FromSeconds(
        int.Parse(Environment.GetEnvironmentVariable("CLEANUSERS_TEST_CLUSTER_SECONDS") ?? "15", CultureInfo.InvariantCulture));

    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(5);

    private readonly string _folder = Directory.CreateTempSubdirectory("cleanusers-").FullName;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(60) };
    private readonly PostgreSqlCluster _database = new();
    private readonly int[] _ports = [FreePort.Find(), FreePort.Find(), FreePort.Find()];
    private readonly OwnProcess[] _replicas = new OwnProcess[3];
    private readonly List<RepeatingClient> _clients = [];
    private readonly CancellationTokenSource _stop = new();
    private Task _load = Task.CompletedTask;
    private LoadBalancer? _balancer;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private (string Name, string Value)[] Settings =>
    [
        ("Authentication__AllowAnonymous", "true"), ("RateLimiting__Enabled", "false"), ("Shutdown__Delay", "00:00:02"),
        ("Http__RequestTimeout", $"{RequestTimeout}"), .. _database.Settings,
    ];

    [Fact]
    public async Task Killed_replica_and_failover_lose_and_double_nothing_and_all_write_within_ten_seconds()
    {
        await StartAsync();

        await PassAsync(1.0 / 6);
        _replicas[0].Dispose(); // SIGKILL
        await PassAsync(1.0 / 12);
        _replicas[0] = await StartReplicaAsync(0);

        await PassAsync(1.0 / 12);
        await RestartAsync(1);

        await PassAsync(1.0 / 12);
        var old = _database.Primary;
        var killed = Stopwatch.GetTimestamp();
        await old.SignalAsync("KILL");
        await Task.Delay(1000, Ct); // what notices the failure takes at least as long
        await _database.PromoteAsync();
        var promoted = Stopwatch.GetTimestamp();
        await UntilAsync(() => _clients.TrueForAll(client => client.LastAcknowledged > promoted));
        var outage = Stopwatch.GetElapsedTime(promoted);

        await _database.RejoinAsync(old);
        while (await _database.CountStandbysAsync() < 2) await Task.Delay(50, Ct);
        await PassAsync(1.0 / 6);
        await EndAsync();

        var before = Stopwatch.GetElapsedTime(killed, promoted);
        Report($"killed {Seconds(before)} before the promotion; all clients wrote {Seconds(outage)} after it");
        Assert.InRange(outage, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.Empty(Outcomes.Keys.Except(["200", "201", "409", "412", "503", RepeatingClient.Cut]));
        await VerifyAsync();
    }

    [Fact]
    public async Task Write_that_no_standby_has_is_not_acknowledged()
    {
        await StartAsync();
        await EndAsync();
        var created = await SendAsync(HttpMethod.Post, "/api/v1/users", """{"email":"patched@load.example"}""");
        var path = created.Headers.Location!.OriginalString;
        var standbys = _database.Servers.Where(server => server != _database.Primary).ToList();
        foreach (var standby in standbys) await standby.SignalAsync("STOP");
        // the timeout of the request, or that of waiting for another one with its key
        Assert.Contains(await PostAsync(), (IEnumerable<int>)[503, 409]); // the primary alone has committed it
        Assert.Contains(await PostAsync(), (IEnumerable<int>)[503, 409]); // the stored response is found, but not sent
        Assert.Equal(503, await PatchAsync());
        Assert.Equal(503, await PatchAsync()); // it changes nothing now
        foreach (var standby in standbys) await standby.SignalAsync("CONT");
        Assert.Equal(201, await PostAsync());
        Assert.Equal(200, await PatchAsync());
        await VerifyAsync(others: 2);

        async Task<int> PatchAsync() => (int)(await SendAsync(HttpMethod.Patch, path, """{"name":"Once"}""")).StatusCode;

        async Task<int> PostAsync() =>
            (int)(await SendAsync(HttpMethod.Post, "/api/v1/users", """{"email":"once@load.example"}""", "once")).StatusCode;

        async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string body, string? key = null)
        {
            using var request = new HttpRequestMessage(method, new Uri(_balancer!.Address, path));
            if (key is not null) request.Headers.Add("Idempotency-Key", key);
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
            return await _http.SendAsync(request, Ct);
        }
    }

    [Fact]
    public async Task Rolling_restart_fails_no_request()
    {
        await StartAsync();
        for (var i = 0; i < _replicas.Length; i++)
        {
            await PassAsync(1.0 / 8);
            await RestartAsync(i);
        }

        await PassAsync(1.0 / 8);
        await EndAsync();
        Report("three restarts");
        Assert.Empty(Outcomes.Keys.Except(["200", "201"]));
        await VerifyAsync();
    }

    [Fact]
    public async Task Upgrade_from_the_release_before_fails_no_request_while_both_serve_on_the_new_schema()
    {
        LongTest.SkipUnlessDemanded();
        await StartAsync(await ReleaseBefore.BuildAsync(_folder, Ct));
        await PassAsync(1.0 / 8);
        Assert.Equal((0, ""), await MigrateAsync());
        for (var i = 0; i < _replicas.Length; i++)
        {
            await PassAsync(1.0 / 8);
            await RestartAsync(i);
        }

        await PassAsync(1.0 / 8);
        await EndAsync();
        Report("upgraded");
        Assert.Empty(Outcomes.Keys.Except(["200", "201"]));
        await VerifyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _balancer?.Dispose();
        foreach (var replica in _replicas) replica?.Dispose();
        await _database.DisposeAsync();
        _http.Dispose();
        _stop.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private Dictionary<string, int> Outcomes =>
        _clients.SelectMany(client => client.Outcomes).GroupBy(pair => pair.Key, pair => pair.Value)
            .ToDictionary(group => group.Key, group => group.Sum());

    /// <param name="program">What the replicas run at first; null for the program of this build.</param>
    private async Task StartAsync(string? program = null)
    {
        LongTest.SkipUnlessDemanded();
        await _database.CreateAsync();
        _database.SkipWhereAbsent();
        Assert.SkipUnless(LoadBalancer.IsInstalled, "HAProxy is not installed");
        for (var i = 0; i < _replicas.Length; i++) _replicas[i] = await StartReplicaAsync(i, program);
        _balancer = await LoadBalancer.StartAsync(_folder, _ports);
        _clients.AddRange(Enumerable.Range(0, Clients).Select(number => new RepeatingClient(_http, number)));
        _load = Task.WhenAll(_clients.Select(client => Task.Run(() => client.WorkAsync(_balancer.Address, _stop.Token, Ct), Ct)));
    }

    private Task<OwnProcess> StartReplicaAsync(int which, string? program = null) =>
        OwnProcess.ServeAsync(program ?? OwnProcess.Program, _folder, Settings, "--urls", $"http://127.0.0.1:{_ports[which]}");

    private async Task<(int Code, string Error)> MigrateAsync()
    {
        var (code, _, error) = await OwnProcess.RunAsync(_folder, Settings, "migrate");
        return (code, error);
    }

    /// <summary>SIGTERM, and a new process at the same address.</summary>
    private async Task RestartAsync(int which)
    {
        _replicas[which].Terminate();
        Assert.Equal(0, (await _replicas[which].EndAsync()).Code);
        _replicas[which].Dispose();
        _replicas[which] = await StartReplicaAsync(which);
        await Task.Delay(1000, Ct); // the load balancer notices
    }

    private async Task PassAsync(double share)
    {
        await Task.Delay(Length * share, Ct);
        if (_load.IsFaulted) await _load;
    }

    private async Task UntilAsync(Func<bool> condition)
    {
        for (var watch = Stopwatch.StartNew(); !condition(); await Task.Delay(20, Ct))
        {
            if (_load.IsFaulted) await _load;
            Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(60));
        }
    }

    private async Task EndAsync()
    {
        await _stop.CancelAsync();
        await _load;
    }

    /// <summary>Each acknowledged user is there, once, in its last acknowledged state; and so it is on the standbys.</summary>
    /// <param name="others">How many users the clients have not created.</param>
    private async Task VerifyAsync(int others = 0)
    {
        foreach (var client in _clients) await client.VerifyAsync(_balancer!.Address, Ct);
        const string Sums = "SELECT concat_ws(' ', count(*), sum(\"Version\"), sum(hashtext(\"Name\"))) FROM \"Users\"";
        var primary = await PostgreSqlCluster.ReadAsync<string>(_database.Primary, Sums);
        Assert.StartsWith($"{_clients.Sum(client => client.Users.Count) + others} ", primary, StringComparison.Ordinal);
        foreach (var standby in _database.Servers)
        {
            var copy = "";
            for (var watch = Stopwatch.StartNew(); copy != primary && watch.Elapsed < TimeSpan.FromSeconds(30); await Task.Delay(50, Ct))
                copy = await PostgreSqlCluster.ReadAsync<string>(standby, Sums);
            Assert.Equal(primary, copy);
        }
    }

    private void Report(string what)
    {
        var outcomes = Outcomes.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}: {pair.Value}");
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{what}; {_clients.Sum(client => client.Users.Count)} users, {_clients.Sum(client => client.Acknowledged)} acknowledged writes, "
                + $"{_clients.Sum(client => client.Repeated)} repeated; longest request {Seconds(_clients.Max(client => client.Longest))}; "
                + string.Join(", ", outcomes));
    }

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s");
}
