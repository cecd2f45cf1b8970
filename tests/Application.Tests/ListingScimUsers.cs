using CleanUsers.Application.Ports;
using CleanUsers.Application.Scim;
using NSubstitute;

namespace CleanUsers.Application.Tests;

/// <summary>Pages by number, of a directory that is a list of ids.</summary>
public sealed class ListingScimUsers : UseCases
{
    private readonly List<long> _ids = [.. Enumerable.Range(1, 25).Select(i => (long)i)];
    private readonly List<(long After, long Skip)> _reads = [];
    private int _counts;

    public ListingScimUsers()
    {
        Scim.CountAsync(null, Arg.Any<CancellationToken>()).ReturnsForAnyArgs(_ =>
        {
            _counts++;
            return _ids.Count;
        });
        Scim.ListAsync(null, 0, 0, 0, Arg.Any<CancellationToken>()).ReturnsForAnyArgs(call =>
        {
            var (after, skip, limit) = (call.ArgAt<long>(1), call.ArgAt<long>(2), call.ArgAt<int>(3));
            _reads.Add((after, skip));
            return _ids.Where(id => id > after).Skip((int)skip).Take(limit).Select(Record).ToList();
        });
    }

    [Fact]
    public async Task Walk_begins_each_page_after_the_last_user_and_counts_once()
    {
        var seen = await WalkAsync();
        Assert.Equal(_ids, seen);
        Assert.Equal([(0, 0), (10, 0), (20, 0)], _reads);
        Assert.Equal(1, _counts);
    }

    [Fact]
    public async Task Walk_leaves_no_user_out_when_users_are_deleted_and_ends_with_the_true_number()
    {
        await PageAsync(1);
        _ids.RemoveAll(id => id is 3 or 4 or 22);
        Assert.Equal(Enumerable.Range(11, 10).Select(i => (long)i), (await PageAsync(11)).Ids);
        var (last, total) = await PageAsync(21);
        Assert.Equal([21, 23, 24, 25], last);
        Assert.Equal(24, total); // the client is at its end
        _ids.RemoveAll(id => id > 20);
        Assert.Equal(18, (await PageAsync(21)).Total);
    }

    [Fact]
    public async Task Walks_that_can_not_be_told_apart_leave_no_user_out_and_show_some_twice()
    {
        await PageAsync(1);
        _ids.RemoveAll(id => id <= 5);
        Assert.Equal(15, (await PageAsync(1)).Ids[^1]); // of another client, or again
        Assert.Equal(Enumerable.Range(11, 10).Select(i => (long)i), (await PageAsync(11)).Ids);
        Clock.Advance(ScimWalks.Lifetime - TimeSpan.FromSeconds(1));
        await PageAsync(1);
        Clock.Advance(TimeSpan.FromSeconds(1)); // the first walk is over
        Assert.Equal(16, (await PageAsync(11)).Ids[0]);
    }

    [Fact]
    public async Task Walk_that_begins_again_does_not_end_with_the_number_of_the_first_one()
    {
        _ids.RemoveAll(id => id > 20);
        await PageAsync(1);
        _ids.RemoveAll(id => id <= 5);
        _ids.AddRange([21, 22, 23, 24, 25]);
        IEnumerable<int> seen = [.. Enumerable.Range(6, 10), .. Enumerable.Range(11, 10), .. Enumerable.Range(21, 5)]; // some of them twice
        Assert.Equal(seen.Select(id => (long)id), await WalkAsync());
    }

    [Fact]
    public async Task Full_page_with_users_after_it_is_not_the_last_one()
    {
        await PageAsync(1); // counts 25
        await PageAsync(11);
        _ids.AddRange(Enumerable.Range(26, 10).Select(id => (long)id));
        var (ids, total) = await PageAsync(21);
        Assert.Equal((30, 31), (ids[^1], total));
    }

    [Fact]
    public async Task Page_without_a_place_is_found_by_its_number()
    {
        var (ids, total) = await PageAsync(12);
        Assert.Equal([12, 13, 14, 15, 16, 17, 18, 19, 20, 21], ids);
        Assert.Equal(25, total);
        Assert.Equal([(0, 11)], _reads);
        await PageAsync(24); // from the nearest place before it
        Assert.Equal((21, 2), _reads[^1]);
    }

    [Fact]
    public async Task Page_that_begins_at_the_last_user_has_it() => Assert.Equal([25], (await PageAsync(25)).Ids);

    [Fact]
    public async Task Number_past_the_end_reads_no_user()
    {
        Assert.Equal((0, 25), await CountAsync(PageAsync(26)));
        Assert.Equal((0, 25), await CountAsync(PageAsync(long.MaxValue)));
        Assert.Equal((0, 25), await CountAsync(PageAsync(1, count: 0)));
        Assert.Empty(_reads);

        static async Task<(int, long)> CountAsync(Task<(List<long> Ids, long Total)> page) => ((await page).Ids.Count, (await page).Total);
    }

    [Fact]
    public async Task Place_is_of_one_caller_and_one_filter_and_for_five_minutes()
    {
        await PageAsync(1);
        await PageAsync(11, filter: "active eq true");
        Caller.Name.Returns("bob");
        await PageAsync(11);
        Caller.Name.Returns("eve");
        Clock.Advance(ScimWalks.Lifetime);
        await PageAsync(11);
        Assert.Equal([(0, 0), (0, 10), (0, 10), (0, 10)], _reads);
        Clock.Advance(ScimWalks.Lifetime - TimeSpan.FromSeconds(1));
        await PageAsync(21);
        Assert.Equal((20, 0), _reads[^1]);
    }

    [Fact]
    public async Task First_page_counts_anew()
    {
        await PageAsync(1);
        _ids.Add(26);
        Assert.Equal(26, (await PageAsync(1)).Total);
    }

    [Fact]
    public void Walks_and_their_places_are_bounded()
    {
        for (var walk = 0; walk < ScimWalks.MaxWalks + 1; walk++)
        {
            Get<ScimWalks>().Remember($"{walk}", new(11, 10, 25));
            Clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.Same(ScimPlace.Beginning, Get<ScimWalks>().Find("0", 11)); // the oldest one is forgotten
        Assert.Equal(10, Get<ScimWalks>().Find("1", 11).After);
        for (var place = 0; place < ScimWalks.MaxPlaces; place++) Get<ScimWalks>().Remember("1", new(21 + place, 20, 25));
        Assert.Same(ScimPlace.Beginning, Get<ScimWalks>().Find("1", 11));
        Assert.Equal(21, Get<ScimWalks>().Find("1", 21).Index);
    }

    private async Task<List<long>> WalkAsync()
    {
        var seen = new List<long>();
        long total;
        do
        {
            (var ids, total) = await PageAsync(seen.Count + 1);
            seen.AddRange(ids);
        }
        while (seen.Count < total);

        return seen;
    }

    private async Task<(List<long> Ids, long Total)> PageAsync(long start, int count = 10, string filter = "")
    {
        var page = await Get<ListScimUsers>().ExecuteAsync(new(null, filter, start, count), Ct);
        return ([.. page.Users.Select(user => user.User.Id)], page.TotalResults);
    }

    private static ScimRecord Record(long id) => new(Ada($"u{id}@example.org", id: id), Scim: null);
}
