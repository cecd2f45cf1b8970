using CleanUsers.Application.Ports;
using CleanUsers.Domain.Users;
using CleanUsers.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace CleanUsers.Infrastructure.Tests;

/// <summary>Searches for words that so many users have that these are read in the order of the page.</summary>
public abstract class CommonWords(CommonWords.Filled store)
{
    private const int Users = 1400; // a word of 1000 is common

    private readonly Filled _store = (Filled)store.Present();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("common", Users)]
    [InlineData("shared.comm", Users)]
    [InlineData("shared common", Users)]
    [InlineData("common 00", 99)] // the one of 0000 is 12
    [InlineData("common shared 12", 101)] // 12, and 1200 to 1299
    [InlineData("common missing", 0)]
    public async Task Pages_total_and_export_have_exactly_the_users_in_order(string search, int count)
    {
        var filter = new UserFilter(Words: search.Split(' '));
        var found = new List<ListedUser>();
        await _store.InScopeAsync(async scope =>
        {
            var users = scope.GetRequiredService<IUserReader>();
            UserPosition? after = null;
            while (await users.ListAsync(new(false, filter, new(UserSortKey.Name, false), 500, after), Ct) is [.., var last] page)
            {
                found.AddRange(page);
                Assert.True(found.Count <= count, "A page has users of a page before.");
                after = new(last.User.Id, last.SortText);
            }

            Assert.Equal(count, await users.CountAsync(new(false, filter, new(UserSortKey.Name, false), 1, null), Ct));
            var exported = 0;
            await foreach (var user in users.GetSnapshotAsync(filter, Ct)) exported++;
            Assert.Equal(count, exported);
            return 0;
        });
        Assert.Equal(count, found.Count);
        Assert.Equal(found.Select(user => user.SortText).Order(StringComparer.Ordinal), found.Select(user => user.SortText));
        Assert.Equal(count, found.Select(user => user.User.Id).Distinct().Count());
    }

    [Theory]
    [InlineData("shared.com", true)]
    [InlineData("shared.com share", true)]
    [InlineData("unshared.u", false)]
    public async Task Search_for_common_words_alone_looks_at_them_once(string search, bool areCommon)
    {
        using var recorder = new CommandRecorder();
        var query = new UserQuery(false, new(Words: search.Split(' ')), new(UserSortKey.Id, false), 51, null);
        var (first, second) = (await CountAsync(), await CountAsync());
        Assert.NotEqual(1, first);
        Assert.Equal(areCommon ? 1 : first, second);

        Task<int> CountAsync() => recorder.CountAsync(async () => Assert.NotEmpty(await ListAsync(query)));
    }

    /// <summary>
    /// The first users in the order of names, and the last, have other words, and are more than are read before a word is looked up.
    /// </summary>
    [Theory]
    [InlineData("common", false, null, new[] { "Shared.Common 0001", "Shared.Common 0002" })]
    [InlineData("common shared.c", false, null, new[] { "Shared.Common 0001", "Shared.Common 0002" })]
    [InlineData("shared.c common", true, null, new[] { "Shared.Common 1399", "Shared.Common 1398" })]
    [InlineData("common shared.c", false, "nobody@example.org", new string[0])]
    public async Task Page_has_users_that_are_far_away_in_its_order(string search, bool descending, string? email, string[] names)
    {
        var query = new UserQuery(false, new(email, Words: search.Split(' ')), new(UserSortKey.Name, descending), 2, null);
        Assert.Equal(names, (await ListAsync(query)).Select(user => user.User.Name));
        using var recorder = new CommandRecorder();
        // the users in order, whether there are more, and those that have the word; on SQL Server all users in order
        Assert.Contains(await recorder.CountAsync(() => ListAsync(query)), (int[])[1, email is null ? 3 : 2]);
    }

    [Fact]
    public async Task Pages_of_users_that_are_far_away_follow_each_other()
    {
        var query = new UserQuery(false, new(Words: ["common", "shared.c"]), new(UserSortKey.Name, false), 2, null);
        var last = (await ListAsync(query))[^1];
        var next = await ListAsync(query with { After = new(last.User.Id, last.SortText) });
        Assert.Equal(["Shared.Common 0003", "Shared.Common 0004"], next.Select(user => user.User.Name));
    }

    private Task<IReadOnlyList<ListedUser>> ListAsync(UserQuery query) =>
        _store.InScopeAsync(scope => scope.GetRequiredService<IUserReader>().ListAsync(query, Ct));

    public abstract class Filled(TestDatabase database) : Store(database)
    {
        protected override async Task FillAsync() => await InScopeAsync(scope =>
        {
            var users = Enumerable.Range(0, Users).Select(i => Sample.User(name: i == 0 ? "Shared.Common 12" : $"Shared.Common {i:0000}"));
            var others = Enumerable.Range(0, 250).SelectMany(i => (User[])[Sample.User(name: $"Aaa {i}"), Sample.User(name: $"Zzz {i}")]);
            return scope.GetRequiredService<IUserBulkWriter>().AddAsync([.. users, .. others, Sample.User(name: "Unshared.Uncommon 0012")], Ct);
        });
    }

    public sealed class FilledSqlite() : Filled(new SqliteTestDatabase());

    public sealed class FilledSqlServer() : Filled(new SqlServerTestDatabase());

    public sealed class FilledPostgreSql() : Filled(new PostgreSqlTestDatabase());
}

public sealed class CommonWordsOnSqlite(CommonWords.FilledSqlite store) : CommonWords(store), IClassFixture<CommonWords.FilledSqlite>;

public sealed class CommonWordsOnSqlServer(CommonWords.FilledSqlServer store) : CommonWords(store), IClassFixture<CommonWords.FilledSqlServer>;

public sealed class CommonWordsOnPostgreSql(CommonWords.FilledPostgreSql store) : CommonWords(store), IClassFixture<CommonWords.FilledPostgreSql>;
