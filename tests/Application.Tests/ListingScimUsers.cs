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
    public async Task Walk_after_a_finished_one_shows_each_user_once_with_the_true_number()
    {
        _ids.RemoveAll(id => id > 12);
        Assert.Equal(_ids, await WalkAsync(count: 2));
        _ids.RemoveAll(id => id is 1 or 2 or 6 or 9);
        var pages = new List<(List<long> Ids, long Total)>();
        for (var start = 1; start <= 7; start += 2) pages.Add(await PageAsync(start, count: 2));
        Assert.Equal(_ids, pages.SelectMany(page => page.Ids));
        Assert.All(pages, page => Assert.Equal(8, page.Total));
    }

    /// <summary>The client that has read the first page twice may also be two clients, of which the first one continues.</summary>
    [Fact]
    public async Task Walk_after_an_abandoned_one_leaves_no_user_out_and_shows_some_twice()
    {
        _ids.RemoveAll(id => id > 6);
        await PageAsync(1, count: 2);
        _ids.RemoveAll(id => id <= 2);
        Assert.Equal(4, (await PageAsync(1, count: 2)).Total);
        Assert.Equal([3, 4], (await PageAsync(3, count: 2)).Ids);
        Assert.Equal([5, 6], (await PageAsync(5, count: 2)).Ids);
        Clock.Advance(ScimWalks.Lifetime);
        Assert.Equal([3, 4, 5, 6], await WalkAsync(count: 2));
    }

    [Fact]
    public async Task Page_that_is_read_again_begins_after_the_same_user()
    {
        await PageAsync(1);
        _ids.RemoveAll(id => id <= 5);
        Assert.Equal((11, 20), Ends(await PageAsync(11)));
        _ids.RemoveAll(id => id is 6 or 7);
        Assert.Equal((11, 20), Ends(await PageAsync(11)));
        Assert.Equal((21, 25), Ends(await PageAsync(21)));
        _ids.RemoveAll(id => id is 8 or 9);
        Assert.Equal((21, 25), Ends(await PageAsync(21))); // also when it is the last one
        Assert.Equal((11, 20), Ends(await PageAsync(11)));

        static (long, long) Ends((List<long> Ids, long) page) => (page.Ids[0], page.Ids[^1]);
    }

    [Fact]
    public async Task Walk_that_waits_keeps_its_place_when_others_pass_it()
    {
        await PageAsync(1);
        await PageAsync(1);
        await PageAsync(11); // of one of the two
        _ids.RemoveAll(id => id <= 5);
        await PageAsync(1); // a third one, which stands after 15
        Assert.Equal(11, (await PageAsync(11)).Ids[0]);
    }

    /// <summary>Clients that read at the same time, give up and begin again, while users are created and deleted.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Walks_of_any_clients_leave_no_user_out_that_is_there_all_the_time(int clients)
    {
        var random = new Random(7);
        var walks = Enumerable.Range(0, clients).Select(_ => (Seen: new List<long>(), Present: _ids.ToHashSet())).ToArray();
        var (finished, created) = (0, 25);
        for (var step = 0; step < 5_000; step++)
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            if (random.Next(2) == 0) _ids.Add(++created);
            if (_ids.Count > 15) _ids.RemoveAt(random.Next(_ids.Count));
            var client = random.Next(clients);
            if (clients > 1 && random.Next(30) == 0) walks[client].Seen.Clear(); // gives up
            var (seen, present) = walks[client];
            if (seen.Count == 0) walks[client].Present = present = [.. _ids];
            var (ids, total) = await PageAsync(seen.Count + 1, count: 3);
            seen.AddRange(ids);
            if (seen.Count < total) continue;
            finished++;
            present.IntersectWith(_ids);
            Assert.Subset(seen.ToHashSet(), present);
            if (clients == 1) Assert.Equal(seen.Distinct(), seen);
            seen.Clear();
        }

        Assert.InRange(finished, 100, int.MaxValue);
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
        var walks = Get<ScimWalks>();
        for (var list = 0; list < ScimWalks.MaxWalks + 1; list++) walks.Remember(new($"{list}"), new(11, 10, 25), isLast: false);
        Assert.Same(ScimPlace.Beginning, walks.Find("0", 11).Place); // the oldest one is forgotten
        var (walk, place) = walks.Find("1", 11);
        Assert.Equal(10, place.After);
        for (var page = 0; page < ScimWalks.MaxPlaces; page++) walks.Remember(walk, new(21 + page, 20 + page, 25), isLast: false);
        Assert.Same(ScimPlace.Beginning, walks.Find("1", 11).Place);
        Assert.Equal(21, walks.Find("1", 21).Place.Index);
    }

    [Fact]
    public void Walks_of_one_list_do_not_displace_those_of_others()
    {
        var walks = Get<ScimWalks>();
        walks.Remember(new("other"), new(11, 10, 25), isLast: false);
        for (var walk = 0; walk < ScimWalks.MaxWalks; walk++) walks.Remember(new("polled"), new(11, 20, 25), isLast: false);
        Assert.Equal(10, walks.Find("other", 11).Place.After);
        Assert.Equal(20, walks.Find("polled", 11).Place.After);
    }

    [Fact]
    public void Walk_of_one_page_is_not_remembered()
    {
        Get<ScimWalks>().Remember(new(""), new(11, 10, 10), isLast: true);
        Assert.Same(ScimPlace.Beginning, Get<ScimWalks>().Find("", 11).Place);
    }

    private async Task<List<long>> WalkAsync(int count = 10)
    {
        var seen = new List<long>();
        long total;
        do
        {
            (var ids, total) = await PageAsync(seen.Count + 1, count);
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
