using System.Diagnostics;
using System.Text.Json;
using CleanUsers.Application.Ports;
using Microsoft.Extensions.DependencyInjection;

namespace CleanUsers.WebApi.Tests;

public abstract class FeedOfChanges(Service service)
{
    private const string Feed = "/api/v1/changes";

    private readonly Service _service = service.Present();

    [Fact]
    public async Task GET_lists_the_changes_of_all_users_with_the_state_after_each()
    {
        var now = await NowAsync();
        var created = (await _service.SendAsync("POST", "/api/v1/users", """{"email":"feed@example.org","name":"Ada","age":36}""")).Is(201);
        var id = created["id"].GetInt64();
        var patched = (await _service.SendAsync("PATCH", $"/api/v1/users/{id}", """{"name":null}""")).Is(200);
        var other = (await _service.SendAsync("POST", "/api/v1/users", """{"email":"feed2@example.org"}""")).Is(201);
        (await _service.SendAsync("DELETE", $"/api/v1/users/{id}")).Is(204);
        var deleted = (await _service.GetAsync($"/api/v1/deleted-users/{id}")).Is(200);
        var restored = (await _service.SendAsync("PATCH", $"/api/v1/deleted-users/{id}", """{"deleted":false}""")).Is(200);

        var response = (await _service.GetAsync($"{Feed}?cursor={now}")).Is(200);
        Assert.Equal("no-cache, private", response.Header("Cache-Control"));
        Assert.Contains($"<{Feed}?cursor={response["nextCursor"].GetString()}>; rel=\"next\"", response.Header("Link"), StringComparison.Ordinal);
        var otherId = other["id"].GetInt64();
        string[] items =
        [
            Item(id, 1, "created", created, created.Body), Item(id, 2, "updated", patched, patched.Body),
            Item(otherId, 1, "created", other, other.Body), Item(id, 3, "deleted", deleted, "null"),
            Item(id, 4, "restored", restored, restored.Body),
        ];
        Assert.Equal($$"""{"items":[{{string.Join(',', items)}}],"nextCursor":"{{response["nextCursor"].GetString()}}"}""", response.Body);
    }

    [Fact]
    public async Task Cursor_at_the_end_stays_until_there_is_a_change()
    {
        var now = await NowAsync();
        Assert.Equal($$"""{"items":[],"nextCursor":"{{now}}"}""", (await _service.GetAsync($"{Feed}?cursor={now}")).Is(200).Body);
        var id = await _service.CreateAsync("end@feed.example");
        Assert.Equal([$"{id} 1 created"], Kinds(await _service.GetAsync($"{Feed}?cursor={now}")));
        Assert.Equal([$"{id} 1 created"], Kinds(await _service.GetAsync($"{Feed}?cursor={now}"))); // again: reading takes nothing away
    }

    [Fact]
    public async Task Acknowledged_change_is_in_the_next_read()
    {
        var cursor = await NowAsync();
        for (var i = 0; i < 50; i++)
        {
            var id = await _service.CreateAsync($"next{i}@feed.example");
            var page = (await _service.GetAsync($"{Feed}?cursor={cursor}")).Is(200);
            Assert.Equal([$"{id} 1 created"], Kinds(page));
            cursor = page["nextCursor"].GetString();
        }
    }

    [Fact]
    public async Task Replaying_all_pages_into_an_empty_map_gives_the_users_of_the_list()
    {
        var gone = await _service.CreateAsync("gone@replay.example");
        await _service.CreateDeletedAsync("bin@replay.example");
        (await _service.SendAsync("DELETE", $"/api/v1/users/{gone}")).Is(204);
        (await _service.SendAsync("DELETE", $"/api/v1/deleted-users/{gone}")).Is(204);
        var kept = await _service.CreateAsync("kept@replay.example");
        (await _service.SendAsync("PATCH", $"/api/v1/users/{kept}", """{"name":"Kept"}""")).Is(200);

        var users = new SortedDictionary<long, string>();
        for (var (path, more) = ($"{Feed}?pageSize=3", true); more;)
        {
            var page = (await _service.GetAsync(path)).Is(200);
            foreach (var item in page["items"].EnumerateArray())
            {
                var id = item.GetProperty("userId").GetInt64();
                if (item.GetProperty("user") is { ValueKind: JsonValueKind.Object } user) users[id] = user.GetRawText();
                else users.Remove(id);
            }

            (path, more) = ($"{Feed}?pageSize=3&cursor={page["nextCursor"].GetString()}", page["items"].GetArrayLength() > 0);
        }

        var list = new List<string>();
        for (var path = "/api/v1/users?sort=id&pageSize=200"; path is not null;)
        {
            var page = (await _service.GetAsync(path)).Is(200);
            list.AddRange(page["items"].EnumerateArray().Select(user => user.GetRawText()));
            path = page["nextCursor"].GetString() is { } next ? $"/api/v1/users?sort=id&pageSize=200&cursor={next}" : null;
        }

        Assert.Equal(list, users.Values);
    }

    [Fact]
    public async Task Purge_erases_the_states_of_the_user_and_is_a_change_without_personal_data()
    {
        var now = await NowAsync();
        var id = await _service.CreateDeletedAsync("secret@purge.example");
        (await _service.SendAsync("DELETE", $"/api/v1/deleted-users/{id}")).Is(204);
        var page = await _service.GetAsync($"{Feed}?cursor={now}");
        Assert.Equal([$"{id} 1 created", $"{id} 2 deleted", $"{id} 3 purged"], Kinds(page));
        Assert.All(page["items"].EnumerateArray(), item => Assert.Equal(JsonValueKind.Null, item.GetProperty("user").ValueKind));
        Assert.DoesNotContain("purge.example", page.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waiting_request_ends_with_the_change_that_it_waits_for()
    {
        var now = await NowAsync();
        var waiting = _service.GetAsync($"{Feed}?cursor={now}&wait=30");
        (await _service.GetAsync($"{Feed}?cursor={now}&wait=1")).Is(200); // ends with its time
        Assert.False(waiting.IsCompleted);
        var id = await _service.CreateAsync("awaited@feed.example");
        var start = Stopwatch.GetTimestamp();
        Assert.Equal([$"{id} 1 created"], Kinds(await waiting));
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 15);
    }

    [Fact]
    public async Task Waiting_request_ends_with_its_time()
    {
        var start = Stopwatch.GetTimestamp();
        var page = (await _service.GetAsync($"{Feed}?cursor=now&wait=1")).Is(200);
        Assert.Equal(0, page["items"].GetArrayLength());
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0.9, 15);
    }

    [Fact]
    public async Task Parameters_are_checked_together()
    {
        (await _service.GetAsync($"{Feed}?cursor=x&pageSize=201&wait=31&sort=id")).HasErrors(
            "parameter sort unknown-parameter", "parameter cursor invalid-cursor", "parameter pageSize out-of-range", "parameter wait out-of-range");
        (await _service.GetAsync($"{Feed}?wait=x")).HasErrors("parameter wait wrong-type");
        (await _service.GetAsync($"{Feed}?wait=-1")).HasErrors("parameter wait out-of-range");
        (await _service.GetAsync($"{Feed}?cursor=")).HasErrors("parameter cursor invalid-cursor");
        var ofUsers = (await _service.CreateAsync("c1@feed.example"), await _service.CreateAsync("c2@feed.example"));
        Assert.NotEqual(ofUsers.Item1, ofUsers.Item2);
        var cursor = (await _service.GetAsync("/api/v1/users?pageSize=1")).Is(200)["nextCursor"].GetString();
        (await _service.GetAsync($"{Feed}?cursor={cursor}")).HasErrors("parameter cursor invalid-cursor");
        (await _service.GetAsync($"/api/v1/users?cursor={await NowAsync()}")).HasErrors("parameter cursor invalid-cursor");
    }

    private async Task<string?> NowAsync() => (await _service.GetAsync($"{Feed}?cursor=now")).Is(200)["nextCursor"].GetString();

    private static IEnumerable<string> Kinds(Response page) => page.Is(200)["items"].EnumerateArray().Select(
        item => $"{item.GetProperty("userId")} {item.GetProperty("version")} {item.GetProperty("kind").GetString()}");

    private static string Item(long id, int version, string kind, Response after, string user) =>
        $$"""{"userId":{{id}},"version":{{version}},"kind":"{{kind}}","at":"{{after["updatedAt"].GetString()}}","by":"anonymous","user":{{user}}}""";
}

public sealed class FeedOfChangesOnSqlite(ServiceOnSqlite service) : FeedOfChanges(service), IClassFixture<ServiceOnSqlite>;

public sealed class FeedOfChangesOnSqlServer(ServiceOnSqlServer service) : FeedOfChanges(service), IClassFixture<ServiceOnSqlServer>;

public sealed class FeedOfChangesOnPostgreSql(ServiceOnPostgreSql service) : FeedOfChanges(service), IClassFixture<ServiceOnPostgreSql>;

/// <summary>Cursors that follow a change which the feed no longer has.</summary>
public abstract class ExpiredFeedCursors(Service service)
{
    private readonly Service _service = service.Present();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Cursor_before_what_the_retention_deleted_is_410_and_the_others_go_on()
    {
        for (var i = 0; i < 4; i++) await _service.CreateAsync($"{i}@retention.example");
        var first = (await _service.GetAsync("/api/v1/changes?pageSize=1")).Is(200)["nextCursor"].GetString();
        var third = (await _service.GetAsync("/api/v1/changes?pageSize=3")).Is(200)["nextCursor"].GetString();
        await using (var scope = _service.Services.CreateAsyncScope())
        {
            var feed = scope.ServiceProvider.GetRequiredService<IChangeFeed>();
            await _service.CreateAsync("newest@retention.example");
            // what was there before the newest change is old
            await _service.ExecuteAsync("""INSERT INTO "FeedMarks" ("At", "Position") SELECT MIN("UpdatedAt"), 3 FROM "UserChanges" """);
            Assert.Equal(2, await feed.DeleteOldestAsync(TimeProvider.System.GetUtcNow(), Ct));
        }

        (await _service.GetAsync("/api/v1/changes")).IsProblem(410, "cursor-expired");
        (await _service.GetAsync($"/api/v1/changes?cursor={first}")).IsProblem(410, "cursor-expired");
        Assert.Equal(2, (await _service.GetAsync($"/api/v1/changes?cursor={third}")).Is(200)["items"].GetArrayLength());
        (await _service.GetAsync("/api/v1/changes?cursor=now")).Is(200);
    }
}

public sealed class ExpiredFeedCursorsOnSqlite(ServiceOnSqlite service) : ExpiredFeedCursors(service), IClassFixture<ServiceOnSqlite>;

public sealed class ExpiredFeedCursorsOnSqlServer(ServiceOnSqlServer service) : ExpiredFeedCursors(service), IClassFixture<ServiceOnSqlServer>;

public sealed class ExpiredFeedCursorsOnPostgreSql(ServiceOnPostgreSql service) : ExpiredFeedCursors(service), IClassFixture<ServiceOnPostgreSql>;

public sealed class WaitingLongerThanOtherRequestsMayTake(WaitingLongerThanOtherRequestsMayTake.ShortTimeout service)
    : IClassFixture<WaitingLongerThanOtherRequestsMayTake.ShortTimeout>
{
    [Fact]
    public async Task Time_that_the_client_waits_comes_on_top_of_the_timeout_of_requests() =>
        (await service.GetAsync("/api/v1/changes?cursor=now&wait=3")).Is(200);

    public sealed class ShortTimeout : Service
    {
        protected override IEnumerable<(string Key, string Value)> Settings => [("Http:RequestTimeout", "00:00:01")];
    }
}
