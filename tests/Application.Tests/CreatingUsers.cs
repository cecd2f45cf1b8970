using Ardalis.Result;
using CleanUsers.Application.Ports;
using CleanUsers.Application.Users;
using CleanUsers.Domain.Users;
using NSubstitute;

namespace CleanUsers.Application.Tests;

public sealed class CreatingUsers : UseCases
{
    private CreateUser CreateUser => Get<CreateUser>();

    [Fact]
    public async Task A_user_is_added_and_saved_as_it_was_asked_for()
    {
        var result = await CreateUser.ExecuteAsync(new(Written.User("Ada@Example.org", " Ada ", 36, "admin", "INACTIVE")), Ct);

        Assert.Equal(ResultStatus.Created, result.Status);
        Assert.Equal(new UserDto(0, "Ada@Example.org", "Ada", 36, UserRole.Admin, UserStatus.Inactive, Now, Now, 1), result.Value);
        await Users.Received().AddAsync(Arg.Is<User>(user => user!.EmailKey == "ada@example.org" && user.CreatedBy == "eve"), Ct);
    }

    [Fact]
    public async Task What_is_not_said_is_a_plain_active_user()
    {
        var result = await CreateUser.ExecuteAsync(new(Written.User("ada@example.org")), Ct);
        Assert.Equal((null, null, UserRole.User, UserStatus.Active), (result.Value.Name, result.Value.Age, result.Value.Role, result.Value.Status));
    }

    [Fact]
    public async Task All_errors_are_reported_at_once()
    {
        var result = await CreateUser.ExecuteAsync(new(Written.User("no address", "", 151, "1", null)), Ct);

        Assert.Equal(ResultStatus.Invalid, result.Status);
        Assert.Equal(
            [("Email", "invalid-email"), ("Name", "too-short"), ("Age", "out-of-range"), ("Role", "unknown-value"), ("Status", "required")],
            result.ValidationErrors.Select(error => (error.Identifier, error.ErrorCode)));
        await Users.DidNotReceiveWithAnyArgs().AddAsync(default!, default);
    }

    [Fact]
    public async Task An_address_is_required()
    {
        var result = await CreateUser.ExecuteAsync(new(Written.User(null)), Ct);
        var error = Assert.Single(result.ValidationErrors);
        Assert.Equal(("Email", "required", "Email is required."), (error.Identifier, error.ErrorCode, error.ErrorMessage));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("2")]
    [InlineData("User,Admin")]
    [InlineData(" Admin")]
    [InlineData("")]
    public async Task A_role_is_known_by_its_name_alone(string role)
    {
        var result = await CreateUser.ExecuteAsync(new(Written.User("ada@example.org", role: role)), Ct);
        Assert.Equal("unknown-value", Assert.Single(result.ValidationErrors).ErrorCode);
    }

    [Fact]
    public async Task A_taken_address_is_a_refusal()
    {
        Users.AddAsync(default!, default).ReturnsForAnyArgs(AddOutcome.EmailTaken);
        var result = await CreateUser.ExecuteAsync(new(Written.User("ada@example.org")), Ct);
        Assert.Equal((ResultStatus.Conflict, ErrorCodes.EmailTaken), (result.Status, Failure.Of(result).Code));
    }
}
