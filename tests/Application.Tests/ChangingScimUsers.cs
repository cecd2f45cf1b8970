using Ardalis.Result;
using CleanUsers.Application.Ports;
using CleanUsers.Application.Scim;
using CleanUsers.Application.Users;
using CleanUsers.Domain.Scim;
using CleanUsers.Domain.Users;
using NSubstitute;

namespace CleanUsers.Application.Tests;

public sealed class ChangingScimUsers : UseCases
{
    private static readonly ScimDetails Details = new("Ada1", "e", "Ada", "Byron", """{"title":"x"}""");

    private readonly List<ScimWrite> _written = [];
    private ScimOutcome _outcome = ScimOutcome.Written;

    public ChangingScimUsers() => Scim.WriteAsync(null!, Ct).ReturnsForAnyArgs(async call =>
    {
        if (await call.Arg<Func<CancellationToken, Task<ScimWrite?>>>()(Ct) is not { } write) return ScimOutcome.Rejected;
        _written.Add(write);
        return _outcome;
    });

    [Fact]
    public async Task Created_user_and_what_SCIM_sends_are_written_together()
    {
        var result = await CreateAsync(ToInput(Details));
        Assert.Equal(("ada@example.org", Details), (result.Value.User.Email, result.Value.Scim));
        await Users.ReceivedWithAnyArgs(1).AddAsync(null!, Ct);
        Assert.Equal(Details, Assert.Single(_written).Details);
    }

    [Fact]
    public async Task Name_or_address_that_is_taken_is_a_conflict()
    {
        _outcome = ScimOutcome.UserNameTaken;
        Assert.Equal(ErrorCodes.UserNameTaken, Failure.Of(await CreateAsync(ToInput(Details))).Code);
        _written.Clear();
        Users.AddAsync(null!, Ct).ReturnsForAnyArgs(AddOutcome.EmailTaken);
        Assert.Equal(ErrorCodes.EmailTaken, Failure.Of(await CreateAsync(ToInput(Details))).Code);
        Assert.Empty(_written);
    }

    [Fact]
    public async Task Invalid_member_is_rejected_before_anything_is_written()
    {
        var input = ToInput(Details) with { UserName = ScimUserInput.ParseUserName(""), User = Input.User("no address") };
        var result = await CreateAsync(input);
        Assert.Equal(["Email", "UserName"], result.ValidationErrors.Select(error => error.Identifier));
        await Scim.DidNotReceiveWithAnyArgs().WriteAsync(null!, Ct);
    }

    [Theory]
    [InlineData("Ada\nByron")]
    [InlineData("Ada\u2028Byron")]
    [InlineData("Ada\u202eByron")]
    public void Name_with_a_line_break_or_a_direction_override_is_rejected(string userName) =>
        Assert.Equal("invalid-character", ScimUserInput.ParseUserName(userName).Error?.Code);

    [Fact]
    public void Text_whose_normal_form_is_too_long_is_rejected()
    {
        var longest = new string('\uFB2C', 213) + "a"; // 640 in its normal form, where each of the former is three
        Assert.Null(ScimUserInput.ParseText(longest, "externalId").Error);
        Assert.Equal("too-long", ScimUserInput.ParseText(longest + "a", "externalId").Error?.Code);
    }

    [Fact]
    public async Task Change_of_SCIM_alone_raises_the_version()
    {
        Find(Ada(), Ada());
        var result = await ChangeAsync(_ => ToInput(Details));
        Assert.Equal((2L, Details), (result.Value.User.Version, result.Value.Scim));
        Assert.Single(_written);
        await Users.ReceivedWithAnyArgs(1).UpdateAsync(Ct);
    }

    [Fact]
    public async Task Change_of_the_user_alone_writes_nothing_beside_it()
    {
        Find(Ada(), Ada());
        var result = await ChangeAsync(_ => ToInput(ScimDetails.None) with { User = Input.User("ada@example.org", "Countess", 36) });
        Assert.Equal(("Countess", 2L), (result.Value.User.Name, result.Value.User.Version));
        Assert.Empty(_written);
    }

    [Fact]
    public async Task Change_without_a_difference_leaves_the_user()
    {
        Find(Ada(), Ada());
        Assert.Equal(1, (await ChangeAsync(_ => ToInput(ScimDetails.None))).Value.User.Version);
        Assert.Empty(_written);
    }

    [Fact]
    public async Task Change_that_clients_do_not_see_leaves_the_user()
    {
        Find(Ada(), Ada());
        var result = await ChangeAsync(_ => ToInput(Details), isSame: (present, next) => (present.Scim, next.Scim) == (ScimDetails.None, Details));
        Assert.Equal((1L, ScimDetails.None), (result.Value.User.Version, result.Value.Scim));
        Assert.Empty(_written);
        await Users.ReceivedWithAnyArgs(1).UpdateAsync(Ct); // which waits for a standby
    }

    [Fact]
    public async Task Change_that_another_write_overtakes_is_made_again_on_the_new_state()
    {
        var newer = Ada();
        newer.Replace(newer.Details with { Age = 37 }, Now, "bob");
        Scim.GetAsync(7, Ct).Returns(new ScimRecord(Ada(), null), new ScimRecord(newer, null));
        Users.FindToChangeAsync(0, Ct).ReturnsForAnyArgs(newer); // already when it is read again
        var ages = new List<int?>();
        var result = await ChangeAsync(present =>
        {
            ages.Add(present.User.Age);
            return ToInput(Details, present.User.Age);
        });
        Assert.Equal([36, 37], ages);
        Assert.Equal((37, 3L), (result.Value.User.Age, result.Value.User.Version));
    }

    [Fact]
    public async Task Stale_condition_is_a_mismatch_and_missing_user_is_not_found()
    {
        Find(Ada(), Ada());
        var stale = await Get<ChangeScimUser>().ExecuteAsync(
            new(7, new(OneOf: new HashSet<long> { 2 }), _ => throw new InvalidOperationException(), Equals), Ct);
        Assert.Equal(ErrorCodes.VersionMismatch, Failure.Of(stale).Code);
        Scim.GetAsync(7, Ct).Returns((ScimRecord?)null);
        Assert.Equal(ErrorCodes.UserNotFound, Failure.Of(await ChangeAsync(_ => ToInput(Details))).Code);
    }

    private void Find(User read, User changed)
    {
        Scim.GetAsync(7, Ct).Returns(new ScimRecord(read, null));
        Users.FindToChangeAsync(0, Ct).ReturnsForAnyArgs(changed);
    }

    private Task<Result<ScimUserDto>> CreateAsync(ScimUserInput input) => Get<CreateScimUser>().ExecuteAsync(input, Ct);

    private Task<Result<ScimUserDto>> ChangeAsync(
        Func<ScimUserDto, ScimUserInput> change, Func<ScimUserDto, ScimUserDto, bool>? isSame = null) =>
        Get<ChangeScimUser>().ExecuteAsync(new(7, VersionCondition.None, change, isSame ?? Equals), Ct);

    private static ScimUserInput ToInput(ScimDetails details, int? age = 36) => new(
        Input.User("ada@example.org", "Ada", age), details.UserName, details.ExternalId, details.GivenName, details.FamilyName,
        new ScimEmails("work", []), details.Attributes);
}
