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
    public async Task Create_adds_the_user_with_the_given_values()
    {
        var result = await CreateUser.ExecuteAsync(new(Input.User("Ada@Example.org", " Ada ", 36, "admin", "INACTIVE")), Ct);

        Assert.Equal(ResultStatus.Created, result.Status);
        Assert.Equal(new UserDto(0, "Ada@Example.org", "Ada", 36, UserRole.Admin, UserStatus.Inactive, Now, Now, 1), result.Value);
        await Users.Received().AddAsync(Arg.Is<User>(user => user!.EmailKey == "ada@example.org" && user.CreatedBy == "eve"), Ct);
    }

    [Fact]
    public async Task Create_with_an_email_alone_uses_the_defaults()
    {
        var result = await CreateUser.ExecuteAsync(new(Input.User("ada@example.org")), Ct);
        Assert.Equal((null, null, UserRole.User, UserStatus.Active), (result.Value.Name, result.Value.Age, result.Value.Role, result.Value.Status));
    }

    [Fact]
    public async Task All_errors_are_reported_at_once()
    {
        var result = await CreateUser.ExecuteAsync(new(Input.User("no address", "", 151, "1", null)), Ct);

        Assert.Equal(ResultStatus.Invalid, result.Status);
        Assert.Equal(
            [("Email", "invalid-email"), ("Name", "too-short"), ("Age", "out-of-range"), ("Role", "unknown-value"), ("Status", "required")],
            result.ValidationErrors.Select(error => (error.Identifier, error.ErrorCode)));
        await Users.DidNotReceiveWithAnyArgs().AddAsync(default!, default);
    }

    [Fact]
    public async Task Create_without_an_email_is_rejected()
    {
        var result = await CreateUser.ExecuteAsync(new(Input.User(null)), Ct);
        var error = Assert.Single(result.ValidationErrors);
        Assert.Equal(("Email", "required", "Email is required."), (error.Identifier, error.ErrorCode, error.ErrorMessage));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("2")]
    [InlineData("User,Admin")]
    [InlineData(" Admin")]
    [InlineData("")]
    public async Task Role_other_than_its_name_is_rejected(string role)
    {
        var result = await CreateUser.ExecuteAsync(new(Input.User("ada@example.org", role: role)), Ct);
        Assert.Equal("unknown-value", Assert.Single(result.ValidationErrors).ErrorCode);
    }

    [Fact]
    public async Task Create_fails_when_the_email_is_taken()
    {
        Users.AddAsync(default!, default).ReturnsForAnyArgs(AddOutcome.EmailTaken);
        var result = await CreateUser.ExecuteAsync(new(Input.User("ada@example.org")), Ct);
        Assert.Equal((ResultStatus.Conflict, ErrorCodes.EmailTaken), (result.Status, Failure.Of(result).Code));
    }
}
