using System.Globalization;
using System.Text.Json.Nodes;
using CleanUsers.TestSupport;
using CleanUsers.WebApi.Scim.Filters;

namespace CleanUsers.WebApi.Tests;

/// <summary>Random filters over a thousand users, whose lists are compared with an evaluation of the users in memory.</summary>
public abstract class ScimLists(ScimLists.Filled service)
{
    private const string Users = "/scim/v2/Users";

    private static readonly string[] Texts =
    [
        "a", "A", "ada", "ADA", "Ada B", "\u00e9", "E\u0301", "\u0130x", "\u03a3\u03c2", "x%", "x_", "x[", "x\\\\", "'", "\\\"",
        "z\U0001F600", "\uff5e", "0", "", "da",
        "ada@example.org", "Ada@B\u00fccher.example", "ada@xn--bcher-kva.example", "@example", "example.org",
    ];

    private readonly Filled _service = (Filled)service.Present();

    [Fact]
    public async Task Every_filter_lists_exactly_the_users_that_match_it()
    {
        LongTest.SkipUnlessDemanded();
        var users = await _service.AllAsync();
        Assert.Equal(Filled.Count, users.Count);
        var named = users.Where(user => user.IsNamed).Select(user => Key(user.User)).ToHashSet(StringComparer.Ordinal);
        var random = new Random(7);
        var (answered, found) = (0, 0);
        var single = // of the attribute that has regard to case, all
            from comparison in (string[])["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"]
            from operand in Texts
            select $"externalId {comparison} \"{operand}\"";
        foreach (var text in single.Concat(Enumerable.Range(0, 400).Select(_ => Filter(random, depth: 0))))
        {
            var expression = ScimFilterParser.Parse(text);
            var response = await _service.SendAsync("POST", $"{Users}/.search", new JsonObject { ["filter"] = text, ["count"] = 200 }.ToJsonString());
            if (response.Status == 400)
            {
                Assert.Equal("invalidFilter", response.IsScimError(400));
                continue;
            }

            answered++;
            var expected = users.Where(user => Matches(expression, user)).Select(user => user.User["id"]!.GetValue<string>()).ToList();
            found += expected.Count;
            var total = response.Is(200)["totalResults"].GetInt32();
            Assert.True(expected.Count == total, $"{text}: {expected.Count} expected, {total}");
            var ids = response["Resources"].EnumerateArray().Select(user => user.GetProperty("id").GetString());
            Assert.True(expected.Take(200).SequenceEqual(ids), text);
        }

        Assert.InRange(answered, 9 * Texts.Length + 300, 9 * Texts.Length + 400);
        Assert.InRange(found, 1000, int.MaxValue);

        // the one difference from the evaluation of each user by itself: a name that SCIM gave is not also that of a user with this address
        bool Matches(ScimExpression filter, (JsonObject User, bool IsNamed) user) => filter switch
        {
            ScimExpression.And(var left, var right) => Matches(left, user) && Matches(right, user),
            ScimExpression.Or(var left, var right) => Matches(left, user) || Matches(right, user),
            ScimExpression.Not(var negated) => !Matches(negated, user),
            ScimExpression.Compare({ First.Name: "userName" }, Application.Ports.ScimComparison.Equal, string) =>
                ScimEvaluator.Matches(filter, user.User) && (user.IsNamed || !named.Contains(Key(user.User))),
            _ => ScimEvaluator.Matches(filter, user.User),
        };

        static string Key(JsonObject user) => Domain.Scim.ScimText.Key(user["userName"]!.GetValue<string>());
    }

    [Fact]
    public async Task Walk_by_startIndex_shows_every_user_once_although_others_are_deleted_meanwhile()
    {
        foreach (var filter in (string[])["", "active eq true"])
        {
            var (seen, total, deleted) = (new List<string>(), 1, new List<string>());
            for (var start = 1; start <= total;)
            {
                var page = (await _service.GetAsync($"{Users}?startIndex={start}&count=90&filter={Uri.EscapeDataString(filter)}"
                    .Replace("&filter=", filter.Length == 0 ? "&x=" : "&filter=", StringComparison.Ordinal))).Is(200);
                var ids = page["Resources"].EnumerateArray().Select(user => user.GetProperty("id").GetString()!).ToList();
                Assert.Equal((start, ids.Count), (page["startIndex"].GetInt32(), page["itemsPerPage"].GetInt32()));
                total = page["totalResults"].GetInt32();
                seen.AddRange(ids);
                start += ids.Count;
                if (ids.Count == 0) break;
                // a user of a page before: by number alone, the next page would leave one out
                (await _service.SendAsync("DELETE", $"/api/v1/users/{ids[0]}")).Is(204);
                deleted.Add(ids[0]);
            }

            Assert.Equal(seen.Distinct(), seen);
            foreach (var id in deleted) (await _service.SendAsync("PATCH", $"/api/v1/deleted-users/{id}", """{"deleted":false}""")).Is(200);
            var all = await _service.AllAsync();
            Assert.Equal(all.Count(user => filter.Length == 0 || user.User["active"]!.GetValue<bool>()), seen.Count);
        }
    }

    [Fact]
    public async Task Any_number_may_be_the_start_and_any_number_the_count()
    {
        var ids = (await _service.AllAsync()).Select(user => user.User["id"]!.GetValue<string>()).ToList();
        foreach (var (start, count, first, length) in ((string, string, int, int)[])[
            ("1", "2", 0, 2), ("0", "2", 0, 2), ("-5", "2", 0, 2), ("500", "3", 499, 3), ("999", "9", 998, 2), ("1001", "9", 0, 0), ("7", "0", 0, 0),
            ("7", "-1", 0, 0), ("3", "100000", 2, 200), ("99999999999999999999999", "1", 0, 0), ("2147483648", "1", 0, 0), ("400", "1", 399, 1)])
        {
            var page = (await _service.GetAsync($"{Users}?startIndex={start}&count={count}")).Is(200);
            Assert.Equal(Filled.Count, page["totalResults"].GetInt32());
            Assert.Equal(ids.Skip(first).Take(length), page["Resources"].EnumerateArray().Select(user => user.GetProperty("id").GetString()));
        }
    }

    private static string Filter(Random random, int depth) => random.Next(depth > 2 ? 7 : 12) switch
    {
        0 => $"{Pick(random, "userName", "externalId", "name.givenName", "name.familyName", "emails.value", "emails")} {Operator(random)} "
            + Text(random),
        1 => $"{Pick(random, "userName", "USERNAME", "externalId", "emails.value")} {Pick(random, "eq", "ne")} {Text(random)}",
        2 => $"emails[type {Pick(random, "eq", "EQ")} \"{Pick(random, "work", "Home", "other")}\" and value {Operator(random)} {Text(random)}]",
        3 => $"emails[type eq \"{Pick(random, "WORK", "home")}\"].value {Operator(random)} {Text(random)}",
        4 => $"active {Pick(random, "eq", "ne")} {Pick(random, "true", "false", "\"True\"")}",
        5 => $"{Pick(random, "userName", "externalId", "name.givenName", "name.familyName", "displayName", "emails", "active", "id")} pr",
        6 => $"meta.{Pick(random, "created", "lastModified")} {Pick(random, "eq", "ne", "gt", "ge", "lt", "le")} \"{Instant(random)}\"",
        7 => $"id {Pick(random, "eq", "ne")} \"{Pick(random, "1", "7", "500", "x", "01")}\"",
        8 => $"not ({Filter(random, depth + 1)})",
        9 => $"({Filter(random, depth + 1)}) or {Filter(random, depth + 1)}",
        10 => $"{Filter(random, depth + 1)} and {Filter(random, depth + 1)}",
        _ => $"{Pick(random, "externalId", "name.givenName", "displayName", "title")} eq {Pick(random, "null", Text(random))}",
    };

    private static string Operator(Random random) => Pick(random, "eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le");

    private static string Text(Random random) => $"\"{Pick(random, Texts)}\"";

    private static string Instant(Random random) => Filled.Start.AddMilliseconds(random.Next(-500, 60_000))
        .ToString(Pick(random, "yyyy-MM-ddTHH:mm:ss.fffZ", "yyyy-MM-ddTHH:mm:ss.fff5Z", "yyyy-MM-ddTHH:mm:ssZ"), CultureInfo.InvariantCulture);

    private static string Pick(Random random, params string[] values) => values[random.Next(values.Length)];

    /// <summary>A service with a thousand users, of REST and of SCIM, whose texts meet.</summary>
    public abstract class Filled(TestSupport.TestDatabase database) : Service(database), IAsyncLifetime
    {
        public const int Count = 1000;

        private static readonly string[] Names =
        [
            "ada", "Ada B", "ADA", "\u00e9va", "E\u0301VA", "\u0130x", "\u03a3\u03c2", "x%y", "x_y", "x[y", "x\\\\y", "o'x", "q\\\"q",
            "z\U0001F600a", "\uff5ea",
        ];

        public static DateTimeOffset Start { get; private set; }

        public new async ValueTask InitializeAsync()
        {
            await base.InitializeAsync();
            if (Client is null) return;
            Start = TimeProvider.System.GetUtcNow();
            // those of SCIM first: REST may give an address that is the name of another user, and not the other way round
            foreach (var number in Enumerable.Range(0, Count).OrderBy(IsOfRest)) await AddAsync(new Random(number), number);
        }

        /// <summary>All users as GET shows them, and whether SCIM has named them.</summary>
        public async Task<List<(JsonObject User, bool IsNamed)>> AllAsync()
        {
            var users = new List<(JsonObject, bool)>();
            for (var start = 1; ; start += 200)
            {
                var page = JsonNode.Parse((await GetAsync($"{Users}?startIndex={start}&count=200")).Is(200).Body)!["Resources"]!.AsArray();
                users.AddRange(page.Select(
                    user => (user!.DeepClone().AsObject(), (string?)user["userName"] != (string?)user["emails"]![0]!["value"])));
                if (page.Count < 200) return users;
            }
        }

        private static bool IsOfRest(int number) => number % 3 == 0;

        private async Task AddAsync(Random random, int number)
        {
            var domain = Pick(random, "example.org", "EXAMPLE.org", "B\u00fccher.example");
            var status = Pick(random, "true", "false");
            if (IsOfRest(number))
            {
                await CreateAsync($"Ada{number}@{domain}", $",\"status\":\"{(status == "true" ? "Active" : "Inactive")}\"");
                return;
            }

            var more = random.Next(2) == 0 ? "" : $",\"externalId\":\"{Pick(random, Names)}\"";
            if (random.Next(2) == 0) more += $",\"name\":{{\"givenName\":\"{Pick(random, Names)}\",\"familyName\":\"{Pick(random, Names)}\"}}";
            if (random.Next(2) == 0) more += ",\"displayName\":\"D\"";
            var type = Pick(random, "", ",\"type\":\"Work\"", ",\"type\":\"home\"");
            var other = random.Next(2) == 0 ? "" : $",{{\"value\":\"Other{number}@{domain}\",\"type\":\"{Pick(random, "Home", "other")}\"}}";
            // some names are the addresses of users of REST
            var name = number % 30 == 1
                ? $"ada{number - 1}@{Pick(random, "example.org", "xn--bcher-kva.example")}"
                : $"{Pick(random, Names)}{number}";
            (await SendAsync("POST", Users, $$"""
                {"userName":"{{name}}","active":{{status}},"emails":[{"value":"u{{number}}@{{domain}}","primary":true{{type}}}{{other}}]{{more}}}
                """)).Is(201);
        }
    }

    public sealed class FilledSqlite() : Filled(new TestSupport.SqliteTestDatabase());

    public sealed class FilledPostgreSql() : Filled(new TestSupport.PostgreSqlTestDatabase());
}

public sealed class ScimListsOnSqlite(ScimLists.FilledSqlite service) : ScimLists(service), IClassFixture<ScimLists.FilledSqlite>;

public sealed class ScimListsOnPostgreSql(ScimLists.FilledPostgreSql service) : ScimLists(service), IClassFixture<ScimLists.FilledPostgreSql>;
