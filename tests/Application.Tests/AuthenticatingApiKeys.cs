using CleanUsers.Application.ApiKeys;
using CleanUsers.Application.Users;
using CleanUsers.Domain.ApiKeys;
using NSubstitute;

namespace CleanUsers.Application.Tests;

public sealed class AuthenticatingApiKeys : UseCases
{
    [Fact]
    public async Task Valid_key_has_a_subject_and_its_scopes()
    {
        Keys.GetByDigestAsync("D", Ct).Returns(Key());
        var key = (await AuthenticateAsync())!;
        Assert.Equal((7, "key:7", "users.read users.write", false), (key.Id, key.Subject, key.Scope, key.IsAnonymous));
    }

    [Fact]
    public async Task Unknown_key_is_rejected_and_not_remembered()
    {
        Assert.Null(await AuthenticateAsync());
        Assert.Equal(0, Get<ApiKeyCache>().Count);
    }

    [Fact]
    public async Task Key_is_rejected_from_its_expiry_on()
    {
        Keys.GetByDigestAsync("D", Ct).Returns(Key(Now.AddSeconds(1)));
        Assert.NotNull(await AuthenticateAsync());
        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await AuthenticateAsync());
    }

    [Fact]
    public async Task Valid_key_is_remembered_for_the_configured_time_and_not_past_its_expiry()
    {
        Keys.GetByDigestAsync("D", Ct).Returns(Key());
        Keys.GetByDigestAsync("E", Ct).Returns(Key(Now.AddSeconds(2), "E"));
        var cache = Get<ApiKeyCache>();
        Assert.Null(cache.Find("D"));
        await AuthenticateAsync();
        await AuthenticateAsync("E");
        Clock.Advance(TimeSpan.FromSeconds(1.9));
        Assert.NotNull(cache.Find("E"));
        Clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Null(cache.Find("E"));
        Clock.Advance(TimeSpan.FromSeconds(2.9));
        Assert.NotNull(cache.Find("D"));
        Clock.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Null(cache.Find("D"));
    }

    /// <summary>A key that another process revokes would be accepted for as long as the clock was set back.</summary>
    [Fact]
    public void Valid_key_is_not_remembered_longer_if_the_clock_is_set_back()
    {
        var clock = new ClockThatIsSet(Clock);
        var cache = new ApiKeyCache(new(TimeSpan.FromSeconds(5)), clock);
        cache.Add("D", new(7, "users.read", IsAnonymous: false), DateTimeOffset.MaxValue, cache.Forgotten);
        clock.Set = TimeSpan.FromHours(-1);
        Assert.NotNull(cache.Find("D"));
        Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Null(cache.Find("D"));
    }

    [Fact]
    public void Nothing_is_remembered_where_the_time_is_zero()
    {
        var cache = new ApiKeyCache(new(TimeSpan.Zero), Clock);
        cache.Add("D", new(7, "users.read", IsAnonymous: false), DateTimeOffset.MaxValue, cache.Forgotten);
        Assert.Equal(0, cache.Count);
    }

    [Fact]
    public void Number_of_remembered_keys_is_bounded()
    {
        var cache = Get<ApiKeyCache>();
        for (var i = 0; i < 3 * ApiKeyCache.MaxKeys; i++)
            cache.Add($"{i}", new(i, "users.read", IsAnonymous: false), DateTimeOffset.MaxValue, cache.Forgotten);
        Assert.InRange(cache.Count, 1, ApiKeyCache.MaxKeys);
    }

    [Fact]
    public async Task Revoked_and_rotated_key_is_forgotten_at_once()
    {
        Keys.GetByDigestAsync("D", Ct).Returns(Key());
        Keys.FindToChangeAsync(7, Ct).Returns(Key());
        Caller.Has(default!).ReturnsForAnyArgs(true);
        await AuthenticateAsync();
        await Get<RevokeApiKey>().ExecuteAsync(new(7, VersionCondition.None), Ct);
        Assert.Null(Get<ApiKeyCache>().Find("D"));
        await AuthenticateAsync();
        await Get<RotateApiKey>().ExecuteAsync(7, Ct);
        Assert.Null(Get<ApiKeyCache>().Find("D"));
    }

    [Fact]
    public async Task Key_that_is_revoked_while_it_is_looked_up_is_not_remembered()
    {
        Keys.FindToChangeAsync(7, Ct).Returns(Key());
        Keys.GetByDigestAsync("D", Ct).Returns(async _ =>
        {
            await Get<RevokeApiKey>().ExecuteAsync(new(7, VersionCondition.None), Ct); // after the row was read
            return (ApiKey?)Key();
        });
        await AuthenticateAsync();
        Assert.Null(Get<ApiKeyCache>().Find("D"));
    }

    [Fact]
    public async Task Use_is_recorded_once_a_minute_and_only_after_a_use()
    {
        var key = Key();
        Keys.GetByDigestAsync("D", Ct).Returns(key);
        Keys.FindToChangeAsync(7, Ct).Returns(key);
        await RecordAsync();
        await Keys.DidNotReceiveWithAnyArgs().FindToChangeAsync(default, default);

        await AuthenticateAsync();
        await AuthenticateAsync();
        await RecordAsync();
        Assert.Equal((Now, 2L), (key.LastUsedAt, key.Version));
        Clock.Advance(TimeSpan.FromSeconds(59));
        await AuthenticateAsync();
        await RecordAsync();
        await Keys.Received(1).TryUpdateAsync(Ct);
        Clock.Advance(TimeSpan.FromSeconds(1));
        await AuthenticateAsync();
        await RecordAsync();
        await Keys.Received(2).TryUpdateAsync(Ct);
        Assert.Equal(Now.AddMinutes(1), key.LastUsedAt);
    }

    [Fact]
    public async Task Use_of_a_revoked_key_is_dropped_and_one_that_could_not_be_written_is_kept()
    {
        Keys.GetByDigestAsync("D", Ct).Returns(Key());
        await AuthenticateAsync();
        Keys.FindToChangeAsync(7, Ct).Returns<ApiKey?>(_ => throw new TimeoutException(), _ => null);
        await Assert.ThrowsAsync<TimeoutException>(RecordAsync);
        await RecordAsync();
        await RecordAsync();
        await Keys.Received(2).FindToChangeAsync(7, Ct);
    }

    private Task<AuthenticatedKey?> AuthenticateAsync(string digest = "D") => Get<AuthenticateApiKey>().ExecuteAsync(digest, Ct);

    private Task RecordAsync() => Get<RecordApiKeyUses>().ExecuteAsync(Ct);

    private static ApiKey Key(DateTimeOffset? expiresAt = null, string digest = "D") => WithId(
        ApiKey.Create(
            "Billing", ["users.read", "users.write"], expiresAt, new(digest, "cuk_000000"), Now.AddDays(-1), "bob", isAnonymous: false),
        7);

    private sealed class ClockThatIsSet(TimeProvider clock) : TimeProvider
    {
        public TimeSpan Set { get; set; }

        public override long TimestampFrequency => clock.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => clock.GetUtcNow() + Set;

        public override long GetTimestamp() => clock.GetTimestamp();
    }
}
