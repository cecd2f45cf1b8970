using System.Diagnostics;
using System.Globalization;

namespace CleanUsers.WebApi.Tests;

/// <summary>
/// Every request, however malformed, gets a response that the description has, without internals of the service. Runs alone in the process,
/// because it measures memory. <c>CLEANUSERS_TEST_HOSTILE_SECONDS</c> is the duration, together with <see cref="HostileInputCompared"/>, and
/// <c>CLEANUSERS_TEST_HOSTILE_SEED</c> is the seed of the requests.
/// </summary>
/// <param name="service">The service that gets the requests.</param>
/// <param name="share">The share of the time for this class.</param>
[CollectionDefinition(nameof(HostileInput), DisableParallelization = true)]
public abstract class HostileInput(ExposedService service, double share)
{
    private const int Clients = 4;
    private const long MemoryGrowth = 8 * 1024 * 1024;

    /// <summary>EF Core caches up to a thousand compiled queries: each combination of sort, filters and words is one.</summary>
    private const long CompiledQuery = 50 * 1024;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Responses_match_the_description_and_leave_no_memory_behind()
    {
        service.Present();
        var (seconds, seed) = (Seconds * share, Seed);
        TestContext.Current.TestOutputHelper!.WriteLine($"{seconds} s of hostile input, seed {seed}");
        await service.FillAsync();

        var sources = Enumerable.Range(seed, Clients).Select(own => new HostileRequests(own)).ToList();
        var warming = await SendAsync(sources, TimeSpan.FromSeconds(seconds / 2));
        var (before, compiled) = (GC.GetTotalMemory(forceFullCollection: true), await CompiledQueriesAsync());
        var sent = warming + await SendAsync(sources, TimeSpan.FromSeconds(seconds / 2));
        var after = GC.GetTotalMemory(forceFullCollection: true);
        compiled = await CompiledQueriesAsync() - compiled;
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{sent} requests; memory {before / 1024} KiB after the first half, {after / 1024} KiB at the end, "
            + $"with {compiled} more queries; {service.Log.Count} log lines");

        Assert.True(after - before - (compiled * CompiledQuery) < MemoryGrowth, $"Memory grew from {before} to {after}");
        Assert.True(service.Log.FirstBadLine is null, service.Log.FirstBadLine);
        (await service.GetAsync("/health/ready")).Is(200);
    }

    private async Task<long> CompiledQueriesAsync() => long.Parse(
        (await service.GetAsync("/metrics")).Body.Split('\n')
            .First(line => line.StartsWith("microsoft_entityframeworkcore_compiled_query_cache_misses_total{", StringComparison.Ordinal))
            .Split(' ')[1],
        CultureInfo.InvariantCulture);

    private async Task<int> SendAsync(List<HostileRequests> sources, TimeSpan time)
    {
        var watch = Stopwatch.StartNew();
        var counts = await Task.WhenAll(sources.Select(source => Task.Run(async () =>
        {
            RawConnection? connection = null;
            HostileRequest? before = null;
            var count = 0;
            for (; watch.Elapsed < time; count++)
            {
                var request = source.Next();
                try
                {
                    connection ??= new RawConnection(service.Client.BaseAddress!);
                    if (!await ExchangeAsync(connection, request))
                    {
                        connection.Dispose();
                        connection = null;
                    }
                }
                catch (Exception exception)
                {
                    await Task.Delay(1000); // the log is written in the background
                    throw new Xunit.Sdk.XunitException(
                        $"{exception.Message}\n\nafter\n\n{before}\n\nand\n\n{request}\n\n{service.Log.FirstBadLine}", exception);
                }

                before = request;
            }

            connection?.Dispose();
            return count;
        })));
        return counts.Sum();
    }

    /// <summary>Sends a request and checks the response; false if the connection can't be used again.</summary>
    private static async Task<bool> ExchangeAsync(RawConnection connection, HostileRequest request)
    {
        await connection.TrySendAsync(request.Bytes);
        if (!request.IsHttp) connection.EndSending();
        var response = await connection.ReadAsync(request.Method, Timeout);
        Assert.True(response is not null || !request.IsHttp || request.IsTooLarge, "The connection was closed without a response.");
        if (response is null) return false;
        HostileResponses.Check(request, response);
        return request.IsHttp && response.Header("Connection") != "close";
    }

    /// <summary>The duration of all hostile input together.</summary>
    internal static int Seconds => Setting("CLEANUSERS_TEST_HOSTILE_SECONDS", 6);

    internal static int Seed => Setting("CLEANUSERS_TEST_HOSTILE_SEED", 20260101);

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}

[Collection(nameof(HostileInput))]
public sealed class HostileInputOnSqlite(ExposedServiceOnSqlite service) : HostileInput(service, share: 0.5),
    IClassFixture<ExposedServiceOnSqlite>;

[Collection(nameof(HostileInput))]
public sealed class HostileInputOnSqlServer(ExposedServiceOnSqlServer service) : HostileInput(service, share: 0.2),
    IClassFixture<ExposedServiceOnSqlServer>;

[Collection(nameof(HostileInput))]
public sealed class HostileInputOnPostgreSql(ExposedServiceOnPostgreSql service) : HostileInput(service, share: 0.2),
    IClassFixture<ExposedServiceOnPostgreSql>;
