using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using CleanUsers.WebApi.Logs;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace CleanUsers.WebApi.Tests;

/// <summary>
/// Whatever a client sends, it gets an answer that the description has, and nothing of the service's insides. Alone in the process, because the
/// memory is looked at. <c>CLEANUSERS_TEST_HOSTILE_SECONDS</c> says how long, <c>CLEANUSERS_TEST_HOSTILE_SEED</c> says what is sent.
/// </summary>
[CollectionDefinition(nameof(HostileInput), DisableParallelization = true)]
[Collection(nameof(HostileInput))]
public sealed class HostileInput(HostileInput.Exposed service) : IClassFixture<HostileInput.Exposed>
{
    private const int Clients = 4;
    private const long MemoryGrowth = 8 * 1024 * 1024;

    /// <summary>EF Core keeps what it has made of a query, up to a thousand of them: each combination of sort, filters and words is one.</summary>
    private const long CompiledQuery = 50 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task It_is_answered_as_described_and_leaves_nothing_behind()
    {
        var seconds = Setting("CLEANUSERS_TEST_HOSTILE_SECONDS", 6);
        var seed = Setting("CLEANUSERS_TEST_HOSTILE_SEED", 20260101);
        TestContext.Current.TestOutputHelper!.WriteLine($"{seconds} s of hostile input, seed {seed}");
        for (var i = 0; i < 30; i++)
        {
            await service.CreateAsync($"user{i}@{HostileRequests.Domain}");
            await service.CreateDeletedAsync($"deleted{i}@{HostileRequests.Domain}");
        }

        var sources = Enumerable.Range(seed, Clients).Select(own => new HostileRequests(own)).ToList();
        var warming = await SendAsync(sources, TimeSpan.FromSeconds(seconds / 4.0));
        var (before, compiled) = (GC.GetTotalMemory(forceFullCollection: true), await CompiledQueriesAsync());
        var sent = warming + await SendAsync(sources, TimeSpan.FromSeconds(seconds * 0.75));
        var after = GC.GetTotalMemory(forceFullCollection: true);
        compiled = await CompiledQueriesAsync() - compiled;
        TestContext.Current.TestOutputHelper!.WriteLine($"{sent} requests; memory {before / 1024} KiB after the first quarter, {after / 1024} KiB at the end, with {compiled} queries more; {service.Log.Count} log lines");

        Assert.True(after - before - (compiled * CompiledQuery) < MemoryGrowth, $"Memory grew from {before} to {after}");
        Assert.True(service.Log.Fault is null, service.Log.Fault);
        (await service.GetAsync("/health/ready")).Is(200);
    }

    private async Task<long> CompiledQueriesAsync() => long.Parse(
        (await service.GetAsync("/metrics")).Body.Split('\n').First(line => line.StartsWith("microsoft_entityframeworkcore_compiled_query_cache_misses_total{", StringComparison.Ordinal)).Split(' ')[1],
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
                    if (!await AskAsync(connection, request))
                    {
                        connection.Dispose();
                        connection = null;
                    }
                }
                catch (Exception exception)
                {
                    throw new Xunit.Sdk.XunitException($"{exception.Message}\n\nafter\n\n{before}\n\nand\n\n{request}", exception);
                }

                before = request;
            }

            connection?.Dispose();
            return count;
        })));
        return counts.Sum();
    }

    /// <summary>Asks, and holds the answer against what was promised; false where the connection is of no more use.</summary>
    private static async Task<bool> AskAsync(RawConnection connection, HostileRequest request)
    {
        await connection.TrySendAsync(request.Octets);
        if (!request.IsHttp) connection.EndSending();
        var answer = await connection.ReadAsync(request.Method, Patience);
        if (answer is null)
        {
            Assert.False(request.IsHttp && !request.IsTooLarge, "The connection was closed without an answer.");
            return false;
        }

        HostileAnswers.Check(request, answer);
        return request.IsHttp && answer.Header("Connection") != "close";
    }

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    public sealed class Exposed : Service
    {
        internal CheckedLog Log { get; } = new();

        protected override IEnumerable<(string Key, string Value)> Settings => [("RateLimiting:Enabled", "false")];

        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            base.ConfigureWebHost(builder);
            builder.ConfigureServices(services => services.AddSingleton(_ => new LineQueue(Log, TimeProvider.System)));
        }

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            await Log.DisposeAsync();
            GC.SuppressFinalize(this);
        }
    }

    /// <summary>Looks at lines instead of keeping them.</summary>
    internal sealed class CheckedLog : MemoryStream
    {
        public int Count { get; private set; }

        /// <summary>The first line that should not be as it is.</summary>
        public string? Fault { get; private set; }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            foreach (var range in buffer.Split((byte)'\n'))
            {
                var line = buffer[range];
                if (line.IsEmpty) continue;
                Count++;
                try
                {
                    using var json = JsonDocument.Parse(line.ToArray());
                    var text = json.RootElement.GetRawText();
                    var broken = json.RootElement.GetProperty("level").GetString() is "Error" or "Critical";
                    if (broken || text.Contains(HostileRequests.Domain, StringComparison.OrdinalIgnoreCase)) Fault ??= text;
                }
                catch (JsonException exception)
                {
                    Fault ??= $"{exception.Message} {System.Text.Encoding.UTF8.GetString(line)}";
                }
            }
        }
    }
}
