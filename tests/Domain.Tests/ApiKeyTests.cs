using CleanUsers.Domain.ApiKeys;

namespace CleanUsers.Domain.Tests;

public sealed class ApiKeyTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly StoredKey First = new("D1", "cuk_000001");
    private static readonly StoredKey Second = new("D2", "cuk_000002");
    private static readonly StoredKey Third = new("D3", "cuk_000003");

    [Fact]
    public void New_key_never_expires_unless_it_has_an_expiry()
    {
        var key = Create();
        Assert.Equal(DateTimeOffset.MaxValue, key.ExpiryOf("D1"));
        Assert.Equal((Start, "eve", Start, "eve", 1L), (key.CreatedAt, key.CreatedBy, key.UpdatedAt, key.UpdatedBy, key.Version));
        Assert.Equal(Start.AddDays(7), Create(Start.AddDays(7)).ExpiryOf("D1"));
    }

    [Fact]
    public void Scopes_are_stored_as_one_text()
    {
        var key = Create();
        Assert.Equal("users.read users.write", key.Scope);
        Assert.Equal(["users.read", "users.write"], key.Scopes);
    }

    [Fact]
    public void Digest_of_another_key_is_not_valid_at_any_time() => Assert.Equal(DateTimeOffset.MinValue, Create().ExpiryOf("D2"));

    [Fact]
    public void Key_before_a_rotation_is_valid_for_24_hours_more()
    {
        var key = Create();
        Assert.True(key.Rotate(Second, Start.AddHours(1), "bob", isAnonymous: false));
        Assert.Equal((DateTimeOffset.MaxValue, Start.AddHours(25)), (key.ExpiryOf("D2"), key.ExpiryOf("D1")));
        Assert.Equal(("cuk_000002", Start.AddHours(1), "bob", 2L), (key.Start, key.UpdatedAt, key.UpdatedBy, key.Version));
    }

    [Fact]
    public void Second_rotation_ends_the_oldest_key_at_once()
    {
        var key = Create();
        key.Rotate(Second, Start.AddHours(1), "bob", isAnonymous: false);
        key.Rotate(Third, Start.AddHours(2), "bob", isAnonymous: false);
        Assert.Equal(
            (DateTimeOffset.MinValue, Start.AddHours(26), DateTimeOffset.MaxValue), (key.ExpiryOf("D1"), key.ExpiryOf("D2"), key.ExpiryOf("D3")));
    }

    [Fact]
    public void Rotation_does_not_change_the_expiry()
    {
        var key = Create(Start.AddHours(2));
        key.Rotate(Second, Start.AddHours(1), "bob", isAnonymous: false);
        Assert.Equal((Start.AddHours(2), Start.AddHours(2)), (key.ExpiryOf("D2"), key.ExpiryOf("D1")));
    }

    [Fact]
    public void Expired_key_is_not_rotated()
    {
        var key = Create(Start.AddHours(2));
        Assert.False(key.Rotate(Second, Start.AddHours(2), "bob", isAnonymous: false));
        Assert.Equal(("D1", 1L, Start), (key.Digest, key.Version, key.UpdatedAt));
    }

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(true, false, true)]
    [InlineData(false, true, true)]
    public void Key_is_anonymous_once_an_anonymous_caller_has_made_or_rotated_it(bool created, bool rotated, bool isAnonymous)
    {
        var key = ApiKey.Create("Billing", ["users.read"], expiresAt: null, First, Start, "eve", created);
        key.Rotate(Second, Start, "bob", rotated);
        Assert.Equal(isAnonymous, key.IsAnonymous);
    }

    [Fact]
    public void Use_is_recorded_once_a_minute()
    {
        var key = Create();
        Assert.Null(key.LastUsedAt);
        Assert.True(key.Use(Start));
        Assert.False(key.Use(Start.AddSeconds(59.9)));
        Assert.Equal((Start, 2L), (key.LastUsedAt, key.Version));
        Assert.True(key.Use(Start.AddSeconds(60)));
        Assert.Equal((Start.AddSeconds(60), 3L, Start), (key.LastUsedAt, key.Version, key.UpdatedAt));
    }

    private static ApiKey Create(DateTimeOffset? expiresAt = null) =>
        ApiKey.Create("Billing", ["users.read", "users.write"], expiresAt, First, Start, "eve", isAnonymous: false);
}
