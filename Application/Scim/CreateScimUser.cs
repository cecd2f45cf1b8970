using Ardalis.Result;
using CleanUsers.Application.Ports;
using CleanUsers.Application.Users;
using FluentValidation;

namespace CleanUsers.Application.Scim;

/// <summary>Adds a user for an identity provider: the user and what the provider sends besides are written in one transaction.</summary>
public sealed class CreateScimUser(IValidator<ScimUserInput> validator, IScimUsers scim, CreateUser createUser)
{
    /// <returns>The new user, or <c>validation-failed</c>, <c>email-taken</c>, <c>user-name-taken</c>.</returns>
    public async Task<Result<ScimUserDto>> ExecuteAsync(ScimUserInput input, CancellationToken ct)
    {
        var validation = validator.Validate(input);
        if (!validation.IsValid) return validation.ToInvalid();

        var created = Result<UserDto>.NoContent();
        var outcome = await scim.WriteAsync(
            async token =>
            {
                created = await createUser.ExecuteAsync(new CreateUserCommand(input.User), token);
                return created.IsSuccess ? new ScimWrite(created.Value.Id, input.ToDetails(), input.Emails.Value) : null;
            },
            ct);
        return outcome switch
        {
            ScimOutcome.Written or ScimOutcome.Rejected => created.Map(user => new ScimUserDto(user, input.ToDetails())),
            ScimOutcome.UserNameTaken => Failure.UserNameTaken(),
        };
    }
}
