using Ardalis.Result;
using AutoMapper;
using CleanUsers.Application.Ports;
using FluentValidation;

namespace CleanUsers.Application.Users;

/// <summary>The whole new state: what is null is cleared, and what can't be cleared must be there.</summary>
/// <param name="Touches">
/// Whether something changes with the user that is stored beside it: then the version grows also if the user itself stays as it is.
/// </param>
public sealed record ReplaceUserCommand(long Id, VersionCondition Condition, UserInput User, bool Touches = false);

internal sealed class ReplaceUserValidator : AbstractValidator<ReplaceUserCommand>
{
    public ReplaceUserValidator() => RuleFor(command => command.User).SetValidator(new UserInputValidator());
}

/// <summary>Gives a user a whole new state; never creates one.</summary>
public sealed class ReplaceUser(
    IValidator<ReplaceUserCommand> validator, IUserRepository users, ICaller caller, TimeProvider clock, IMapper mapper)
{
    /// <returns>The user as it is now, or <c>validation-failed</c>, <c>user-not-found</c>, <c>version-mismatch</c>, <c>email-taken</c>.</returns>
    public async Task<Result<UserDto>> ExecuteAsync(ReplaceUserCommand command, CancellationToken ct)
    {
        var validation = validator.Validate(command);
        if (!validation.IsValid) return validation.ToInvalid();

        var details = command.User.ToDetails();
        var replaced = await users.ChangeAsync(
            users.FindToChangeAsync, command.Id, command.Condition,
            user => user.Replace(details, clock.GetUtcNow(), caller.Name, command.Touches), ct);
        return replaced.Map(mapper.Map<UserDto>);
    }
}
