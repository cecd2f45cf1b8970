using CleanUsers.Application.Ports;
using CleanUsers.Domain.Users;
using CleanUsers.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace CleanUsers.Infrastructure.Tests;

/// <summary>120 users: many share a name, a time or both, and a third are in the recycle bin.</summary>
public abstract class ListingUsers(ListingUsers.Filled store)
{
    private readonly Filled _store = (Filled)store.Present();

    private static readonly string?[] Names = [null, "Zoë", "alice", "Alice", "𝒜lice", "\uFFFDx", "Ödön"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<bool, UserSortKey, bool> Orders()
    {
        var orders = new TheoryData<bool, UserSortKey, bool>();
        foreach (var deleted in (bool[])[false, true])
            foreach (var key in Enum.GetValues<UserSortKey>().Where(key => deleted || key != UserSortKey.DeletedAt))
                foreach (var descending in (bool[])[false, true])
                    orders.Add(deleted, key, descending);
        return orders;
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Pages_of_a_sort_have_each_user_once_in_that_order(bool deleted, UserSortKey key, bool descending)
    {
        var expected = _store.Users.Where(user => user.IsDeleted == deleted).ToList();
        expected.Sort((one, other) => (descending ? -1 : 1) * Compare(key, one, other));

        var walked = new List<ListedUser>();
        UserPosition? after = null;
        do
        {
            var page = await ListAsync(new UserQuery(deleted, new UserFilter(), new UserSort(key, descending), 7, after));
            walked.AddRange(page);
            Assert.True(walked.Count <= expected.Count, "A page has users of a page before.");
            after = page.Count < 7 ? null : PositionOf(page[^1], key);
        }
        while (after is not null);

        Assert.Equal(expected.Select(user => Listed(user, key)), walked);
    }

    [Fact]
    public async Task Filters_are_combined()
    {
        var from = Sample.Now.AddMilliseconds(3);
        var before = Sample.Now.AddMilliseconds(6);
        var found = await ListAsync(new UserQuery(
            false, new UserFilter(null, UserStatus.Active, UserRole.Admin, from, before), new UserSort(UserSortKey.Id, false), 200, null));
        var expected = _store.Users.Where(user =>
            !user.IsDeleted && user.Role == UserRole.Admin && user.CreatedAt >= from && user.CreatedAt < before).Select(user => user.Id).Order();
        Assert.NotEmpty(found);
        Assert.Equal(expected, found.Select(user => user.User.Id));
    }

    [Fact]
    public async Task Email_filter_finds_a_user_by_its_key()
    {
        var user = _store.Users.First(user => !user.IsDeleted);
        var found = await ListAsync(new UserQuery(false, new UserFilter(EmailKey: user.EmailKey), new UserSort(UserSortKey.Name, true), 10, null));
        Assert.Equal(user.Id, Assert.Single(found).User.Id);
    }

    private Task<IReadOnlyList<ListedUser>> ListAsync(UserQuery query) =>
        _store.InScopeAsync(scope => scope.GetRequiredService<IUserReader>().ListAsync(query, Ct));

    private static ListedUser Listed(User user, UserSortKey key) => new(
        new(user.Id, user.Email, user.Name, user.Age, user.Role, user.Status, user.CreatedAt, user.UpdatedAt, user.Version), user.DeletedAt,
        key is UserSortKey.Email ? user.EmailKey : key is UserSortKey.Name ? user.SortName : "");

    private static UserPosition PositionOf(ListedUser listed, UserSortKey key) => key switch
    {
        UserSortKey.Id => new(listed.User.Id),
        UserSortKey.CreatedAt => new(listed.User.Id, Instant: listed.User.CreatedAt),
        UserSortKey.UpdatedAt => new(listed.User.Id, Instant: listed.User.UpdatedAt),
        UserSortKey.Email or UserSortKey.Name => new(listed.User.Id, listed.SortText),
        UserSortKey.DeletedAt => new(listed.User.Id, Instant: listed.DeletedAt!.Value),
    };

    private static int Compare(UserSortKey key, User one, User other)
    {
        var order = key switch
        {
            UserSortKey.Id => 0,
            UserSortKey.CreatedAt => one.CreatedAt.CompareTo(other.CreatedAt),
            UserSortKey.UpdatedAt => one.UpdatedAt.CompareTo(other.UpdatedAt),
            UserSortKey.Email => ByCodePoint(one.EmailKey, other.EmailKey),
            UserSortKey.Name => ByCodePoint(one.Name ?? "", other.Name ?? ""),
            UserSortKey.DeletedAt => one.DeletedAt!.Value.CompareTo(other.DeletedAt!.Value),
        };
        return order == 0 ? one.Id.CompareTo(other.Id) : order;
    }

    /// <summary>C# compares differently: a character beyond the BMP begins with a surrogate, below U+E000.</summary>
    private static int ByCodePoint(string one, string other) => one.EnumerateRunes().Select(rune => rune.Value)
        .Concat([-1]).Zip(other.EnumerateRunes().Select(rune => rune.Value).Concat([-1]), (a, b) => a.CompareTo(b)).FirstOrDefault(
            order => order != 0);

    public abstract class Filled(TestDatabase database) : Store(database)
    {
        public List<User> Users { get; } = [];

        protected override async Task FillAsync()
        {
            for (var i = 0; i < 120; i++)
            {
                var created = Sample.Now.AddMilliseconds(i % 10);
                var user = Sample.User(
                    $"{(char)('a' + (i * 7 % 26))}{i}@example.org", Names[i % Names.Length], created, i % 4 == 0 ? UserRole.Admin : UserRole.User);
                if (i % 3 == 0) user.Delete(created.AddDays(1 + (i % 5)), "eve");
                await AddAsync(user, default);
                Users.Add(user);
            }
        }
    }

    public sealed class FilledSqlite() : Filled(new SqliteTestDatabase());

    public sealed class FilledSqlServer() : Filled(new SqlServerTestDatabase());

    public sealed class FilledPostgreSql() : Filled(new PostgreSqlTestDatabase());
}

public sealed class ListingUsersOnSqlite(ListingUsers.FilledSqlite store) : ListingUsers(store), IClassFixture<ListingUsers.FilledSqlite>;

public sealed class ListingUsersOnSqlServer(ListingUsers.FilledSqlServer store) : ListingUsers(store), IClassFixture<ListingUsers.FilledSqlServer>;

public sealed class ListingUsersOnPostgreSql(ListingUsers.FilledPostgreSql store) : ListingUsers(store), IClassFixture<ListingUsers.FilledPostgreSql>;
