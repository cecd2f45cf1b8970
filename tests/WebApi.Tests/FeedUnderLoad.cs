using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using CleanUsers.TestSupport;

namespace CleanUsers.WebApi.Tests;

/// <summary>
/// Eight writers on two processes, which are killed in turn, an import, a transaction that stays open, and three readers that lose responses. It
/// takes ten seconds, or those of <c>CLEANUSERS_TEST_FEED_SECONDS</c>.
/// </summary>
public abstract class FeedUnderLoad(TestDatabase database) : IAsyncLifetime
{
    private const int Writers = 7; // and the import
    private const int Readers = 3;

    private static readonly TimeSpan Length = TimeSpan.FromSeconds(
        int.Parse(Environment.GetEnvironmentVariable("CLEANUSERS_TEST_FEED_SECONDS") ?? "10", CultureInfo.InvariantCulture));

    private readonly string _folder = Directory.CreateTempSubdirectory("cleanusers-").FullName;
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(60) };
    private readonly OwnProcess?[] _services = new OwnProcess?[2];

    // what was acknowledged: of a user, that it had a version
    private readonly ConcurrentQueue<(long Id, long Version)> _acknowledged = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Begins a transaction that stays open; on a server it has written what the feed is made of.</summary>
    protected abstract string OpenTransaction { get; }

    private (string Name, string Value)[] Settings =>
        [("Authentication__AllowAnonymous", "true"), ("RateLimiting__Enabled", "false"), .. database.Settings];

    public async ValueTask InitializeAsync() => await database.CreateAsync();

    [Fact]
    public async Task Each_reader_sees_each_change_once_in_order_and_the_replay_is_the_list()
    {
        LongTest.SkipUnlessDemanded();
        database.SkipWhereAbsent();
        for (var i = 0; i < _services.Length; i++) _services[i] = await StartAsync();
        await WriteAsync(new Random(0), new(), "first"); // the transaction needs a user
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var readers = Enumerable.Range(0, Readers).Select(_ => new Reader()).ToList();
        var reading = readers.Select(reader => Task.Run(() => FollowAsync(reader, stop.Token), Ct)).ToList();
        using var stopWriting = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        stopWriting.CancelAfter(Length);
        await Task.WhenAll(
        [
            .. Enumerable.Range(0, Writers).Select(writer => Task.Run(() => WriteUntilAsync(writer, stopWriting.Token), Ct)),
            Task.Run(() => ImportUntilAsync(stopWriting.Token), Ct),
            KillAsync(stopWriting.Token),
            HoldAsync(readers, stopWriting.Token),
        ]);
        await stop.CancelAsync(); // all that was written is in the feed
        await Task.WhenAll(reading);

        var seen = readers[0].Items;
        Assert.True(seen.Count > 100, $"{seen.Count} changes");
        // without the states, which a purge erases: one reader may have seen them and another not
        Assert.All(readers, reader => Assert.Equal(seen.Select(WithoutState), reader.Items.Select(WithoutState)));
        var versions = new Dictionary<long, long>();
        var users = new SortedDictionary<long, string>();
        foreach (var item in seen.Select(text => JsonElement.Parse(text)))
        {
            var (id, version) = (item.GetProperty("userId").GetInt64(), item.GetProperty("version").GetInt64());
            Assert.Equal(versions.GetValueOrDefault(id) + 1, version);
            versions[id] = version;
            if (item.GetProperty("user") is { ValueKind: JsonValueKind.Object } user) users[id] = user.GetRawText();
            else users.Remove(id);
        }

        Assert.All(_acknowledged, change => Assert.InRange(change.Version, 1, versions.GetValueOrDefault(change.Id)));
        Assert.Equal(await ListAsync(), users.Values);
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{seen.Count} changes of {versions.Count} users, {_acknowledged.Count} acknowledged writes, "
                + $"{readers.Sum(reader => reader.Lost)} lost responses");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _services) service?.Dispose();
        _client.Dispose();
        await database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private Task<OwnProcess> StartAsync() => OwnProcess.ServeAsync(_folder, Settings, "--urls", "http://127.0.0.1:0");

    /// <summary>SIGKILL of each process in turn, and a new one in its place.</summary>
    private async Task KillAsync(CancellationToken stop)
    {
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            await Task.Delay(Length / 5, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var which = i % _services.Length;
            _services[which]!.Dispose();
            _services[which] = await StartAsync();
        }
    }

    /// <summary>A transaction that stays open for a third of the time: the feed goes on beside it.</summary>
    private async Task HoldAsync(IReadOnlyList<Reader> readers, CancellationToken stop)
    {
        await Task.Delay(Length / 4, stop);
        await using var connection = database.Connect();
        await connection.OpenAsync(stop);
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // a statement of the tests
        command.CommandText = OpenTransaction;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(stop);
        await Task.Delay(Length / 12, stop);
        var before = readers.Select(reader => reader.Items.Count).ToList();
        await Task.Delay(Length / 3, stop);
        Assert.All(readers.Zip(before), pair => Assert.True(pair.First.Items.Count > pair.Second, $"no change after {pair.Second}"));
    }

    private async Task WriteUntilAsync(int writer, CancellationToken stop)
    {
        var (random, users) = (new Random(writer), new List<long>());
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            try
            {
                await WriteAsync(random, users, $"w{writer}.{i}");
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException)
            {
                // killed: whether it was written, the feed will tell
            }
        }
    }

    private async Task WriteAsync(Random random, List<long> users, string name)
    {
        var which = random.Next(users.Count + 1);
        if (users.Count < 5 || which == users.Count)
        {
            if (await SendAsync(HttpMethod.Post, "users", $$"""{"email":"{{name}}@load.example","name":"Ünï {{name}}"}""") is { } created)
                users.Add(created.GetProperty("id").GetInt64());
            return;
        }

        var id = users[which];
        switch (random.Next(6))
        {
            case 0:
                await SendAsync(HttpMethod.Delete, $"users/{id}");
                await SendAsync(HttpMethod.Patch, $"deleted-users/{id}", """{"deleted":false}""");
                break;
            case 1:
                await SendAsync(HttpMethod.Delete, $"users/{id}");
                await SendAsync(HttpMethod.Delete, $"deleted-users/{id}");
                users.RemoveAt(which);
                break;
            default:
                await SendAsync(HttpMethod.Patch, $"users/{id}", $$"""{"age":{{random.Next(150)}}}""");
                break;
        }
    }

    private async Task<JsonElement?> SendAsync(HttpMethod method, string path, string? body = null)
    {
        var service = _services[Random.Shared.Next(_services.Length)]!;
        using var request = new HttpRequestMessage(method, new Uri(service.Address, $"/api/v1/{path}"));
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _client.SendAsync(request, Ct);
        var text = await response.Content.ReadAsStringAsync(Ct);
        // 404: a request whose response was lost has deleted the user
        Assert.True(
            (int)response.StatusCode is 200 or 201 or 204 or 404 or 503, $"{method} {path}: {(int)response.StatusCode} {text}");
        if (response.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.Created)) return null;
        var user = JsonElement.Parse(text);
        _acknowledged.Enqueue((user.GetProperty("id").GetInt64(), user.GetProperty("version").GetInt64()));
        return user;
    }

    private async Task ImportUntilAsync(CancellationToken stop)
    {
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var file = Path.Combine(_folder, $"{i}.ndjson");
            await File.WriteAllLinesAsync(file, Enumerable.Range(0, 200).Select(line => $$"""{"email":"i{{i}}.{{line}}@load.example"}"""), Ct);
            Assert.Equal((0, ""), await CodeAndErrorAsync(file));
            await Task.Delay(Length / 5, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        async Task<(int, string)> CodeAndErrorAsync(string file)
        {
            var (code, _, error) = await OwnProcess.RunAsync(_folder, Settings, "users", "import", file);
            return (code, error);
        }
    }

    /// <summary>
    /// Reads, and to the end once the writers have stopped. A third of the responses are lost, as when the reader is killed: it goes on from its last
    /// cursor.
    /// </summary>
    private async Task FollowAsync(Reader reader, CancellationToken stop)
    {
        while (true)
        {
            var isLast = stop.IsCancellationRequested;
            var cursor = reader.Cursor is null ? "" : $"&cursor={reader.Cursor}";
            var path = $"/api/v1/changes?pageSize={Random.Shared.Next(1, 201)}&wait={(isLast ? 0 : 1)}{cursor}";
            try
            {
                using var response = await _client.GetAsync(new Uri(_services[Random.Shared.Next(_services.Length)]!.Address, path), Ct);
                if (response.StatusCode == HttpStatusCode.ServiceUnavailable) continue;
                var text = await response.Content.ReadAsStringAsync(Ct);
                Assert.True(response.StatusCode == HttpStatusCode.OK, text);
                if (Random.Shared.Next(3) == 0)
                {
                    reader.Lost++;
                    continue;
                }

                var page = JsonElement.Parse(text);
                reader.Cursor = page.GetProperty("nextCursor").GetString();
                foreach (var item in page.GetProperty("items").EnumerateArray()) reader.Items.Add(item.GetRawText());
                if (isLast && page.GetProperty("items").GetArrayLength() == 0) return;
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException)
            {
                await Task.Delay(50, Ct); // killed
            }
        }
    }

    private async Task<List<string>> ListAsync()
    {
        var users = new List<string>();
        for (var path = "/api/v1/users?sort=id&pageSize=200"; path is not null;)
        {
            var page = JsonElement.Parse(await _client.GetStringAsync(new Uri(_services[0]!.Address, path), Ct));
            users.AddRange(page.GetProperty("items").EnumerateArray().Select(user => user.GetRawText()));
            path = page.GetProperty("nextCursor").GetString() is { } next ? $"/api/v1/users?sort=id&pageSize=200&cursor={next}" : null;
        }

        return users;
    }

    private static string WithoutState(string item) => item[..item.IndexOf("\"user\":", StringComparison.Ordinal)];

    private sealed class Reader
    {
        public string? Cursor { get; set; }

        public List<string> Items { get; } = [];

        public int Lost { get; set; }
    }
}

public sealed class FeedUnderLoadOnSqlite() : FeedUnderLoad(new SqliteTestDatabase())
{
    protected override string OpenTransaction => """BEGIN; SELECT COUNT(*) FROM "Users" """;
}

public sealed class FeedUnderLoadOnPostgreSql() : FeedUnderLoad(new PostgreSqlTestDatabase())
{
    protected override string OpenTransaction =>
        """
        BEGIN;
        UPDATE "Users" SET "Age" = 150 WHERE "Id" = (SELECT MIN("Id") FROM "Users");
        INSERT INTO "FeedQueue" ("UserId", "Version") SELECT "Id", "Version" + 1 FROM "Users" WHERE "Age" = 150
        """;
}
