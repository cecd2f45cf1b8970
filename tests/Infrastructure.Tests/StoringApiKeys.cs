using System.Security.Cryptography;
using CleanUsers.Application.Ports;
using CleanUsers.Domain.ApiKeys;
using Microsoft.Extensions.DependencyInjection;

namespace CleanUsers.Infrastructure.Tests;

public abstract class StoringApiKeys(Store store)
{
    private readonly Store _store = store.Present();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Saved_entity_is_read_back_exactly()
    {
        var key = await AddAsync("Grüße 👩‍🚀", Sample.Now.AddYears(1));
        Assert.Equivalent(key, await GetAsync(key.Id), strict: true);
        await ChangeAsync(key.Id, saved =>
        {
            saved.Rotate(NewKey(), Sample.Now.AddHours(1), "bob", isAnonymous: true);
            saved.Use(Sample.Now.AddHours(2));
            key = saved;
        });
        var found = (await GetAsync(key.Id))!;
        Assert.Equivalent(key, found, strict: true);
        Assert.Equal(["users.read", "users.write"], found.Scopes);
    }

    [Fact]
    public async Task Key_is_found_by_its_digest_and_by_the_one_before()
    {
        var key = await AddAsync();
        var (first, second) = (key.Digest, NewKey());
        Assert.Equal(key.Id, (await FindAsync(first))!.Id);
        Assert.Null(await FindAsync(second.Digest));
        await ChangeAsync(key.Id, saved => saved.Rotate(second, Sample.Now, "bob", isAnonymous: false));
        Assert.Equal((key.Id, key.Id), ((await FindAsync(first))!.Id, (await FindAsync(second.Digest))!.Id));
        await ChangeAsync(key.Id, saved => saved.Rotate(NewKey(), Sample.Now, "bob", isAnonymous: false));
        Assert.Null(await FindAsync(first));
    }

    [Fact]
    public async Task Digest_is_found_as_it_is_written_and_in_no_other_case()
    {
        var key = await AddAsync();
        Assert.Null(await FindAsync(key.Digest.ToLowerInvariant()));
    }

    [Fact]
    public async Task Deleted_key_is_not_found_and_its_id_is_not_used_again()
    {
        var key = await AddAsync();
        Assert.True(await DeleteAsync(key.Id));
        Assert.Equal((null, null), (await FindAsync(key.Digest), await GetAsync(key.Id)));
        Assert.True((await AddAsync()).Id > key.Id);
    }

    [Fact]
    public async Task Key_that_another_write_changed_is_neither_changed_nor_deleted()
    {
        var key = await AddAsync();
        Assert.False(await _store.InScopeAsync(async scope =>
        {
            var keys = scope.GetRequiredService<IApiKeyRepository>();
            var stale = (await keys.FindToChangeAsync(key.Id, Ct))!;
            await ChangeAsync(key.Id, other => other.Use(Sample.Now));
            return await keys.TryDeleteAsync(stale, Ct);
        }));
        Assert.False(await _store.InScopeAsync(async scope =>
        {
            var keys = scope.GetRequiredService<IApiKeyRepository>();
            var stale = (await keys.FindToChangeAsync(key.Id, Ct))!;
            await ChangeAsync(key.Id, other => other.Use(Sample.Now.AddHours(1)));
            stale.Rotate(NewKey(), Sample.Now, "bob", isAnonymous: false);
            return await keys.TryUpdateAsync(Ct);
        }));
        Assert.Equal((3L, key.Digest), (await GetAsync(key.Id) is { } found ? (found.Version, found.Digest) : default));
    }

    [Fact]
    public async Task Keys_are_listed_newest_first_page_by_page()
    {
        var ids = new List<long>();
        for (var i = 0; i < 3; i++) ids.Add((await AddAsync()).Id);
        ids.Reverse();
        Assert.Equal(ids[..2], await ListAsync(before: null, limit: 2));
        Assert.Equal([ids[2]], await ListAsync(ids[1], limit: 1));
    }

    private static StoredKey NewKey() => new(RandomNumberGenerator.GetHexString(StoredKey.DigestLength), "cuk_4dQ7tB");

    private async Task<ApiKey> AddAsync(string name = "Billing", DateTimeOffset? expiresAt = null)
    {
        var key = ApiKey.Create(name, ["users.read", "users.write"], expiresAt, NewKey(), Sample.Now, "eve", isAnonymous: false);
        await _store.InScopeAsync(async scope =>
        {
            await scope.GetRequiredService<IApiKeyRepository>().AddAsync(key, Ct);
            return 0;
        });
        return key;
    }

    private Task<bool> ChangeAsync(long id, Action<ApiKey> change) => _store.InScopeAsync(async scope =>
    {
        var keys = scope.GetRequiredService<IApiKeyRepository>();
        change((await keys.FindToChangeAsync(id, Ct))!);
        return await keys.TryUpdateAsync(Ct);
    });

    private Task<bool> DeleteAsync(long id) => _store.InScopeAsync(async scope =>
    {
        var keys = scope.GetRequiredService<IApiKeyRepository>();
        return await keys.TryDeleteAsync((await keys.FindToChangeAsync(id, Ct))!, Ct);
    });

    private Task<ApiKey?> GetAsync(long id) => _store.InScopeAsync(scope => scope.GetRequiredService<IApiKeyRepository>().GetAsync(id, Ct));

    private Task<ApiKey?> FindAsync(string digest) =>
        _store.InScopeAsync(scope => scope.GetRequiredService<IApiKeyRepository>().GetByDigestAsync(digest, Ct));

    private Task<IEnumerable<long>> ListAsync(long? before, int limit) => _store.InScopeAsync(
        async scope => (await scope.GetRequiredService<IApiKeyRepository>().ListAsync(before, limit, Ct)).Select(key => key.Id));
}

public sealed class StoringApiKeysOnSqlite(SqliteStore store) : StoringApiKeys(store), IClassFixture<SqliteStore>;

public sealed class StoringApiKeysOnSqlServer(SqlServerStore store) : StoringApiKeys(store), IClassFixture<SqlServerStore>;

public sealed class StoringApiKeysOnPostgreSql(PostgreSqlStore store) : StoringApiKeys(store), IClassFixture<PostgreSqlStore>;
