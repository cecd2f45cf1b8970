using Ardalis.Result;
using CleanUsers.Application.ApiKeys;
using CleanUsers.Application.Users;
using CleanUsers.Domain.ApiKeys;
using NSubstitute;

namespace CleanUsers.Application.Tests;

public sealed class ManagingApiKeys : UseCases
{
    private static readonly CreateApiKeyCommand Billing =
        new("Billing", Parsed.Accepted<IReadOnlyList<string>>(["users.read", "users.purge"]), ExpiresAt: (DateTimeOffset?)null);

    public ManagingApiKeys() => Caller.Has(default!).ReturnsForAnyArgs(true);

    [Fact]
    public async Task Created_key_is_shown_once_and_its_digest_is_stored()
    {
        ApiKey? stored = null;
        await Keys.AddAsync(Arg.Do<ApiKey>(key => stored = WithId(key, 7)), Ct);
        var created = (await Get<CreateApiKey>().ExecuteAsync(Billing, Ct)).Value;

        Assert.True(ApiKeyText.IsWellFormed(created.Key));
        Assert.Equal((ApiKeyText.Digest(created.Key), created.Key[..10]), (stored!.Digest, stored.Start));
        Assert.Equal(
            (7L, "Billing", created.Key[..10], Now, "eve", 1L),
            (created.Id, created.Name, created.Start, created.CreatedAt, created.CreatedBy, created.Version));
        Assert.Equal(["users.read", "users.purge"], created.Scopes);
    }

    [Fact]
    public async Task Key_with_a_scope_that_its_creator_lacks_is_not_created()
    {
        Caller.Has("users.purge").Returns(false);
        var rejected = await Get<CreateApiKey>().ExecuteAsync(Billing, Ct);
        Assert.Equal(
            (ResultStatus.Forbidden, new Failure("forbidden", "The caller lacks these scopes of the API key: users.purge.")),
            (rejected.Status, Failure.Of(rejected)));
        await Keys.DidNotReceiveWithAnyArgs().AddAsync(default!, default);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(-1, false)]
    [InlineData(1, true)]
    public async Task Expiry_must_be_in_the_future(int milliseconds, bool accepted)
    {
        var result = await Get<CreateApiKey>().ExecuteAsync(Billing with { ExpiresAt = Clock.GetUtcNow().AddMilliseconds(milliseconds) }, Ct);
        Assert.Equal(accepted, result.IsSuccess);
        Assert.Equal(
            accepted ? [] : [("ExpiresAt", "not-in-the-future")], result.ValidationErrors.Select(error => (error.Identifier, error.ErrorCode)));
    }

    [Theory]
    [InlineData(null, "required")]
    [InlineData("", "too-short")]
    [InlineData(" ", "too-short")]
    [InlineData("a\nb", "invalid-character")]
    public void Invalid_name_is_rejected(string? name, string code) => Assert.Equal(code, ApiKeyInput.ParseName(name).Error!.Code);

    [Fact]
    public void Name_is_trimmed_and_has_at_most_200_characters()
    {
        Assert.Equal("Bill", ApiKeyInput.ParseName(" Bill ").Value);
        Assert.Null(ApiKeyInput.ParseName(new string('a', 200)).Error);
        Assert.Equal("too-long", ApiKeyInput.ParseName(new string('a', 201)).Error!.Code);
    }

    [Fact]
    public async Task Anonymous_caller_makes_an_anonymous_key()
    {
        Caller.IsAnonymous.Returns(true);
        ApiKey? stored = null;
        await Keys.AddAsync(Arg.Do<ApiKey>(key => stored = key), Ct);
        await Get<CreateApiKey>().ExecuteAsync(Billing, Ct);
        Assert.True(stored!.IsAnonymous);
    }

    [Fact]
    public async Task Rotation_starts_again_if_another_write_came_first()
    {
        Keys.FindToChangeAsync(7, Ct).Returns(_ => Key("old"), _ => Key("used"));
        Keys.TryUpdateAsync(Ct).Returns(false, true);
        var rotated = (await Get<RotateApiKey>().ExecuteAsync(7, Ct)).Value;
        Assert.True(ApiKeyText.IsWellFormed(rotated.Key));
        Assert.Equal(Now.AddHours(24), rotated.PreviousKeyExpiresAt);
        await Keys.Received(2).TryUpdateAsync(Ct);
    }

    [Fact]
    public async Task Key_with_a_scope_that_the_caller_lacks_is_not_rotated()
    {
        Caller.Has("users.write").Returns(false);
        Keys.FindToChangeAsync(7, Ct).Returns(Key("old"));
        Assert.Equal(
            new Failure("forbidden", "The caller lacks these scopes of the API key: users.write."),
            Failure.Of(await Get<RotateApiKey>().ExecuteAsync(7, Ct)));
        await Keys.DidNotReceiveWithAnyArgs().TryUpdateAsync(default);
    }

    [Fact]
    public async Task Expired_key_is_not_rotated()
    {
        Keys.FindToChangeAsync(7, Ct).Returns(Key("old", Now.AddMilliseconds(-1)));
        Assert.Equal("api-key-expired", Failure.Of(await Get<RotateApiKey>().ExecuteAsync(7, Ct)).Code);
        await Keys.DidNotReceiveWithAnyArgs().TryUpdateAsync(default);
    }

    [Fact]
    public async Task Revocation_needs_the_version_of_its_condition()
    {
        var key = Key("old");
        Keys.FindToChangeAsync(7, Ct).Returns(key);
        var condition = new VersionCondition(OneOf: new HashSet<long> { 2 });
        Assert.Equal("version-mismatch", Failure.Of(await Get<RevokeApiKey>().ExecuteAsync(new(7, condition), Ct)).Code);
        await Keys.DidNotReceiveWithAnyArgs().TryDeleteAsync(default!, default);
        Assert.True((await Get<RevokeApiKey>().ExecuteAsync(new(7, VersionCondition.None), Ct)).IsSuccess);
        await Keys.Received().TryDeleteAsync(key, Ct);
    }

    [Fact]
    public async Task Unknown_key_is_not_found()
    {
        var unknown = new Failure("not-found", "API key 7 not found.");
        Assert.Equal(unknown, Failure.Of(await Get<GetApiKey>().ExecuteAsync(7, Ct)));
        Assert.Equal(unknown, Failure.Of(await Get<RotateApiKey>().ExecuteAsync(7, Ct)));
        Assert.Equal(unknown, Failure.Of(await Get<RevokeApiKey>().ExecuteAsync(new(7, VersionCondition.None), Ct)));
    }

    private static ApiKey Key(string digest, DateTimeOffset? expiresAt = null) => WithId(
        ApiKey.Create(
            "Billing", ["users.read", "users.write"], expiresAt, new(digest, "cuk_000000"), Now.AddDays(-1), "bob", isAnonymous: false),
        7);
}
