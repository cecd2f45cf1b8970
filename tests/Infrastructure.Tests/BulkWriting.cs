using CleanUsers.Application.Ports;
using CleanUsers.Domain.Users;
using CleanUsers.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CleanUsers.Infrastructure.Tests;

/// <summary>The bulk path of each database: it adds and rejects the same users, with the same search words, as saving them one by one.</summary>
public abstract class BulkWriting(Store store)
{
    private readonly Store _store = store.Present();

    protected Store Store => _store;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Added_users_are_read_as_if_saved_one_by_one()
    {
        var details = new UserDetails(Sample.Email("Ünï@Bücher.example"), Sample.Name("Ünï 👩‍🚀 O'Neil"), 0, UserRole.Admin, UserStatus.Inactive);
        User[] users =
        [
            User.Import(details, new(Sample.Now.AddYears(-1), "bob", Sample.Now, "cli:cárol", 7)),
            Sample.User("plain@example.org"),
            User.Import(
                details with { Email = Sample.Email("early@example.org"), Name = null, Age = null },
                new(DateTimeOffset.MinValue, "x", DateTimeOffset.MinValue, "x", 1)),
        ];
        Assert.Equal([true, true, true], await AddAsync(users));
        foreach (var user in users)
        {
            var read = Assert.Single(await FindAsync(user.EmailKey));
            Assert.True(read.Id > 0);
            Assert.Equivalent(
                new
                {
                    user.Email,
                    user.EmailKey,
                    user.Name,
                    user.SortName,
                    user.SearchText,
                    user.Age,
                    user.Role,
                    user.Status,
                    user.CreatedAt,
                    user.CreatedBy,
                    user.UpdatedAt,
                    user.UpdatedBy,
                    user.Version,
                    user.DeletedAt,
                    user.DeletedBy
                }, read);
            Assert.Equal(SearchText.Words(user.SearchText), await WordsAsync(read.Id));
        }
    }

    [Fact]
    public async Task Added_user_can_be_searched_changed_and_deleted_like_any_other()
    {
        await AddAsync([Sample.User("gertrude@many.example", "Gertrude Stein")]);
        var id = Assert.Single(await _store.InScopeAsync(scope => scope.GetRequiredService<IUserReader>().ListAsync(
            new(false, new(Words: ["gertr", "stei"]), new(UserSortKey.Name, false), 10, null), Ct))).User.Id;
        Assert.Equal(
            UpdateOutcome.Saved,
            await _store.ChangeAsync(id, user => user.Replace(user.Details with { Name = Sample.Name("Gertrude") }, Sample.Now, "eve"), Ct));
        Assert.DoesNotContain("stein", await WordsAsync(id));
        Assert.Equal(UpdateOutcome.Saved, await _store.ChangeAsync(id, user => user.Delete(Sample.Now, "eve"), Ct));
        Assert.Equal([true], await AddAsync([Sample.User("gertrude@many.example")]));
    }

    [Fact]
    public async Task Unique_index_decides_which_users_are_added()
    {
        await _store.AddAsync(Sample.User("there@many.example"), Ct);
        var deleted = await _store.AddAsync(Sample.User("deleted@many.example"), Ct);
        await _store.ChangeAsync(deleted, user => user.Delete(Sample.Now, "eve"), Ct);

        var added = await AddAsync(
        [
            Sample.User("First@many.example", "First"), Sample.User("THERE@many.example"), Sample.User("first@many.example", "Second"),
            Sample.User("deleted@many.example"), Sample.User("last@many.example"),
        ]);
        Assert.Equal([true, false, false, true, true], added);
        Assert.Equal("First", Assert.Single(await FindAsync("first@many.example")).Name);
        Assert.Empty(await OrphanedWordsAsync());
    }

    [Fact]
    public async Task Existing_users_and_an_empty_list_add_nothing()
    {
        User[] users = [Sample.User(), Sample.User()];
        Assert.Equal([true, true], await AddAsync(users));
        Assert.Equal([false, false], await AddAsync(users));
        Assert.Empty(await AddAsync([]));
    }

    [Fact]
    public async Task Ids_grow_in_the_order_of_the_list_and_are_unique()
    {
        var before = await _store.AddAsync(Sample.User(), Ct);
        var users = Enumerable.Range(0, 120).Select(_ => Sample.User()).ToArray();
        var adding = new[] { 0, 40, 80 }.Select(start => AddAsync(users[start..(start + 40)])).ToList();
        var saving = Enumerable.Range(0, 20).Select(_ => _store.AddAsync(Sample.User(), Ct)).ToList();
        foreach (var added in await Task.WhenAll(adding)) Assert.DoesNotContain(false, added);
        var saved = await Task.WhenAll(saving);
        var ids = new List<long>();
        foreach (var user in users) ids.Add(Assert.Single(await FindAsync(user.EmailKey)).Id);
        foreach (var start in (int[])[0, 40, 80]) Assert.Equal(ids[start..(start + 40)].Order(), ids[start..(start + 40)]);
        Assert.Equal(141, ids.Concat(saved).Append(before).Distinct().Count());
    }

    [Fact]
    public async Task Concurrent_writers_of_the_same_users_add_each_once()
    {
        var users = Enumerable.Range(0, 300).Select(_ => Sample.User()).ToArray();
        var added = await Task.WhenAll(AddAsync(users), AddAsync([.. users.Reverse()]));
        for (var i = 0; i < users.Length; i++)
        {
            Assert.True(added[0][i] ^ added[1][^(i + 1)]);
            Assert.Single(await FindAsync(users[i].EmailKey));
        }
    }

    [Fact]
    public async Task Cancelled_write_leaves_nothing_behind()
    {
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _store.InScopeAsync(scope =>
            scope.GetRequiredService<IUserBulkWriter>().AddAsync(
                new StopsHalfWay([.. Enumerable.Range(0, 50).Select(i => Sample.User($"half{i}@many.example"))], stop), stop.Token)));
        Assert.Empty(await FindAsync("half0@many.example"));
        Assert.Empty(await OrphanedWordsAsync());
    }

    [Fact]
    public async Task Many_users_are_found_by_their_emails_at_once()
    {
        var users = Enumerable.Range(0, 400).Select(_ => Sample.User()).ToArray();
        await AddAsync(users);
        string[] keys = [.. users.Select(user => user.EmailKey), "missing@example.org"];
        var read = await _store.InScopeAsync(scope => scope.GetRequiredService<IUserReader>().GetByEmailAsync(keys, Ct));
        Assert.Equal(users.Select(user => user.EmailKey).Order(), read.Select(user => user.EmailKey).Order());
        await _store.InScopeAsync(async scope =>
        {
            var repository = scope.GetRequiredService<IUserRepository>();
            foreach (var user in await repository.FindToChangeByEmailAsync(keys, Ct)) user.Replace(user.Details with { Age = 99 }, Sample.Now, "eve");
            Assert.Equal(UpdateOutcome.Saved, await repository.UpdateAsync(Ct));
            Assert.All(await repository.FindToChangeByEmailAsync(keys, Ct), user => Assert.Equal((99, 2L), (user.Age, user.Version)));
            return 0;
        });
    }

    private Task<IReadOnlyList<bool>> AddAsync(IReadOnlyList<User> users) =>
        _store.InScopeAsync(scope => scope.GetRequiredService<IUserBulkWriter>().AddAsync(users, Ct));

    private Task<IReadOnlyList<User>> FindAsync(string key) =>
        _store.InScopeAsync(scope => scope.GetRequiredService<IUserReader>().GetByEmailAsync([key], Ct));

    private Task<List<string>> WordsAsync(long id) => _store.InScopeAsync(async scope => (await scope.GetRequiredService<UsersDbContext>().Words
        .Where(word => word.UserId == id).Select(word => word.Word).ToListAsync(Ct)).Order(StringComparer.Ordinal).ToList());

    private Task<List<long>> OrphanedWordsAsync() => _store.InScopeAsync(scope =>
    {
        var db = scope.GetRequiredService<UsersDbContext>();
        return db.Words.Where(word => !db.Users.IgnoreQueryFilters().Any(user => user.Id == word.UserId)).Select(word => word.UserId).ToListAsync(Ct);
    });

    /// <summary>A list whose writing is cancelled half way.</summary>
    private sealed class StopsHalfWay(List<User> users, CancellationTokenSource stop) : IReadOnlyList<User>
    {
        public int Count => users.Count;

        public User this[int index]
        {
            get
            {
                if (index == Count / 2) stop.Cancel();
                return users[index];
            }
        }

        public IEnumerator<User> GetEnumerator()
        {
            for (var i = 0; i < Count; i++) yield return this[i];
        }

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}

public sealed class BulkWritingOnSqlite(SqliteStore store) : BulkWriting(store), IClassFixture<SqliteStore>
{
    [Fact]
    public async Task Rejected_user_uses_no_id()
    {
        var ct = TestContext.Current.CancellationToken;
        var there = Sample.User();
        var id = await Store.AddAsync(there, ct);
        Assert.Equal([false], await Store.InScopeAsync(scope => scope.GetRequiredService<IUserBulkWriter>().AddAsync([there], ct)));
        Assert.Equal(id + 1, await Store.AddAsync(Sample.User(), ct));
    }
}

public sealed class BulkWritingOnSqlServer(SqlServerStore store) : BulkWriting(store), IClassFixture<SqlServerStore>;

public sealed class BulkWritingOnPostgreSql(PostgreSqlStore store) : BulkWriting(store), IClassFixture<PostgreSqlStore>;
