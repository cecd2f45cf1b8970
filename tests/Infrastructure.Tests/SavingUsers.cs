using CleanUsers.Application.Ports;
using CleanUsers.Domain.Users;
using CleanUsers.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CleanUsers.Infrastructure.Tests;

public abstract class SavingUsers(Store store)
{
    private readonly Store _store = store.Present();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task User_can_be_changed_again_in_the_scope_that_created_it(bool isReadAgain)
    {
        var saved = await _store.InScopeAsync(async scope =>
        {
            var users = scope.GetRequiredService<IUserRepository>();
            var user = Sample.User();
            await users.AddAsync(user, Ct);
            foreach (var age in (int[])[7, 8])
            {
                if (isReadAgain) user = (await users.FindToChangeAsync(user.Id, Ct))!;
                user.Replace(user.Details with { Age = age }, Sample.Now, "eve");
                Assert.Equal(UpdateOutcome.Saved, await users.UpdateAsync(Ct));
            }

            Assert.Equal(UpdateOutcome.Saved, await users.UpdateAsync(Ct)); // nothing to save
            return (await scope.GetRequiredService<IUserReader>().GetAsync(user.Id, Ct))!;
        });
        Assert.Equal((8, 3), (saved.Age, saved.Version));
    }

    [Fact]
    public async Task Saved_entity_is_read_back_exactly()
    {
        var saved = Sample.User("Ünï@Bücher.example", "Ünï 👩‍🚀", Sample.Now);
        var id = await _store.AddAsync(saved, Ct);
        var read = await ReadAsync(id);
        Assert.EquivalentWithExclusions(saved, read, strict: true, nameof(User.LastChange)); // the record of the change has it
    }

    [Fact]
    public async Task Email_is_unique_among_users_that_are_not_deleted()
    {
        var first = await _store.AddAsync(Sample.User("one@example.org"), Ct);
        Assert.Equal(AddOutcome.EmailTaken, await TryAddAsync(Sample.User("ONE@Example.ORG")));

        await _store.ChangeAsync(first, user => user.Delete(Sample.Now, "eve"), Ct);
        var second = await _store.AddAsync(Sample.User("one@example.org"), Ct);
        Assert.Equal(UpdateOutcome.EmailTaken, await _store.ChangeAsync(first, user => user.Restore(Sample.Now, "eve"), Ct));
        Assert.Equal(
            UpdateOutcome.Saved, await _store.ChangeAsync(first, user => user.Restore(Sample.Now, "eve", Sample.Email("other@example.org")), Ct));
        Assert.Equal("one@example.org", (await ReadAsync(second))!.Email);
    }

    [Fact]
    public async Task Concurrent_change_is_a_conflict_and_leaves_the_repository_usable()
    {
        var id = await _store.AddAsync(Sample.User(), Ct);
        await _store.InScopeAsync(async scope =>
        {
            var users = scope.GetRequiredService<IUserRepository>();
            var mine = await users.FindToChangeAsync(id, Ct);
            await _store.ChangeAsync(id, user => user.Replace(user.Details with { Age = 1 }, Sample.Now, "bob"), Ct);

            mine!.Replace(mine.Details with { Age = 2 }, Sample.Now, "eve");
            Assert.Equal(UpdateOutcome.Conflict, await users.UpdateAsync(Ct));

            var again = await users.FindToChangeAsync(id, Ct);
            Assert.Equal((1, 2L), (again!.Age, again.Version));
            again.Replace(again.Details with { Age = 2 }, Sample.Now, "eve");
            Assert.Equal(UpdateOutcome.Saved, await users.UpdateAsync(Ct));
            return 0;
        });
    }

    [Fact]
    public async Task Concurrent_changes_with_the_same_search_words_are_a_conflict()
    {
        var id = await _store.AddAsync(Sample.User(), Ct);
        await _store.InScopeAsync(async scope =>
        {
            var users = scope.GetRequiredService<IUserRepository>();
            var mine = await users.FindToChangeAsync(id, Ct);
            await _store.ChangeAsync(id, user => user.Replace(user.Details with { Name = Sample.Name("Zoe") }, Sample.Now, "bob"), Ct);
            mine!.Replace(mine.Details with { Name = Sample.Name("Zoe") }, Sample.Now, "eve");
            Assert.Equal(UpdateOutcome.Conflict, await users.UpdateAsync(Ct));
            return 0;
        });
    }

    [Fact]
    public async Task Restore_with_another_email_of_a_user_purged_meanwhile_is_a_conflict()
    {
        var id = await _store.AddAsync(Sample.User(), Ct);
        await _store.ChangeAsync(id, user => user.Delete(Sample.Now, "eve"), Ct);
        await _store.InScopeAsync(async scope =>
        {
            var users = scope.GetRequiredService<IUserRepository>();
            var mine = await users.FindDeletedToChangeAsync(id, Ct);
            await PurgeAsync(id);
            mine!.Restore(Sample.Now, "eve", Sample.Email("anew@example.org"));
            Assert.Equal(UpdateOutcome.Conflict, await users.UpdateAsync(Ct));
            Assert.Null(await users.FindDeletedToChangeAsync(id, Ct));
            return 0;
        });
    }

    [Fact]
    public async Task Taken_email_leaves_the_repository_usable()
    {
        await _store.AddAsync(Sample.User("taken@example.org"), Ct);
        await _store.InScopeAsync(async scope =>
        {
            var users = scope.GetRequiredService<IUserRepository>();
            Assert.Equal(AddOutcome.EmailTaken, await users.AddAsync(Sample.User("taken@example.org"), Ct));
            Assert.Equal(AddOutcome.Added, await users.AddAsync(Sample.User("free@example.org"), Ct));
            return 0;
        });
    }

    [Fact]
    public async Task Deleted_user_is_visible_only_in_the_recycle_bin()
    {
        var id = await _store.AddAsync(Sample.User(), Ct);
        await _store.ChangeAsync(id, user => user.Delete(Sample.Now, "eve"), Ct);
        await _store.InScopeAsync(async scope =>
        {
            var (reader, users) = (scope.GetRequiredService<IUserReader>(), scope.GetRequiredService<IUserRepository>());
            Assert.Null(await reader.GetAsync(id, Ct));
            Assert.Null(await users.FindToChangeAsync(id, Ct));
            Assert.NotNull(await reader.GetDeletedAsync(id, Ct));
            Assert.NotNull(await users.FindDeletedToChangeAsync(id, Ct));
            Assert.DoesNotContain(
                await reader.ListAsync(new UserQuery(false, new(), new(UserSortKey.Id, true), 200, null), Ct), user => user.User.Id == id);
            Assert.Contains(await reader.ListAsync(new UserQuery(true, new(), new(UserSortKey.Id, true), 200, null), Ct), user => user.User.Id == id);
            return 0;
        });
    }

    [Fact]
    public async Task Id_is_never_reused_even_after_a_purge()
    {
        var first = await _store.AddAsync(Sample.User(), Ct);
        await _store.ChangeAsync(first, user => user.Delete(Sample.Now, "eve"), Ct);
        await PurgeAsync(first);
        Assert.Null(await ReadAsync(first));
        Assert.True(await _store.AddAsync(Sample.User(), Ct) > first);
    }

    [Fact]
    public async Task Thirty_two_concurrent_writers_all_succeed()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 32).Select(async writer =>
        {
            for (var i = 0; i < 20; i++) Assert.Equal(AddOutcome.Added, await TryAddAsync(Sample.User($"w{writer}-{i}@example.org")));
            return true;
        }));
        Assert.Equal(32, outcomes.Length);
    }

    [Fact]
    public async Task Model_has_no_changes_without_a_migration() => await _store.InScopeAsync(scope =>
    {
        Assert.False(
            scope.GetRequiredService<UsersDbContext>().Database.HasPendingModelChanges(), "The model changed: add a migration (CONTRIBUTING.md).");
        return Task.FromResult(0);
    });

    [Fact]
    public async Task Texts_of_users_and_their_changes_have_a_maximum_length() => await _store.InScopeAsync(scope =>
    {
        var model = scope.GetRequiredService<UsersDbContext>().Model;
        var texts = ((Type[])[typeof(User), typeof(UserChange)]).SelectMany(type => model.FindEntityType(type)!.GetProperties())
            .Where(property => (property.GetTypeMapping().Converter?.ProviderClrType ?? property.ClrType) == typeof(string)).ToList();
        Assert.Contains(texts, text => text.Name == nameof(User.Name));
        Assert.Empty(texts.Where(text => text.GetMaxLength() is null).Select(text => $"{text.DeclaringType.DisplayName()}.{text.Name}"));
        return Task.FromResult(0);
    });

    [Fact]
    public async Task Database_with_a_current_schema_is_ready() =>
        Assert.Equal(DatabaseState.Ready, await _store.InScopeAsync(scope => scope.GetRequiredService<IDatabase>().CheckAsync(Ct)));

    private Task<bool> PurgeAsync(long id) => _store.PurgeAsync(id, Ct);

    private Task<User?> ReadAsync(long id) => _store.InScopeAsync(scope => scope.GetRequiredService<IUserReader>().GetAsync(id, Ct));

    private Task<AddOutcome> TryAddAsync(User user) => _store.InScopeAsync(scope =>
    {
        var users = scope.GetRequiredService<IUserRepository>();
        return users.AddAsync(user, Ct);
    });
}

public sealed class SavingUsersOnSqlite(SqliteStore store) : SavingUsers(store), IClassFixture<SqliteStore>;

public sealed class SavingUsersOnSqlServer(SqlServerStore store) : SavingUsers(store), IClassFixture<SqlServerStore>;

public sealed class SavingUsersOnPostgreSql(PostgreSqlStore store) : SavingUsers(store), IClassFixture<PostgreSqlStore>;
