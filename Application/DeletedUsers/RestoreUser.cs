using Ardalis.Result;
using AutoMapper;
using CleanUsers.Application.Ports;
using CleanUsers.Application.Users;
using CleanUsers.Domain.Users;
using FluentValidation;

namespace CleanUsers.Application.DeletedUsers;

/// <param name="Email">Another address for the user; absent keeps the one that it had.</param>
public sealed record RestoreUserCommand(long Id, VersionCondition Condition, Optional<Parsed<EmailAddress>> Email = default);

internal sealed class RestoreUserValidator : AbstractValidator<RestoreUserCommand>
{
    public RestoreUserValidator() => RuleFor(command => command.Email).IsAcceptedOrAbsent();
}

/// <summary>Takes a user out of the recycle bin, under its address or another.</summary>
public sealed class RestoreUser(
    IValidator<RestoreUserCommand> validator, IUserRepository users, ICaller caller, TimeProvider clock, IMapper mapper)
{
    /// <returns>
    /// The user as it is now, or <c>validation-failed</c>, <c>user-not-found</c>, <c>version-mismatch</c>, <c>email-taken</c>,
    /// <c>user-name-taken</c>.
    /// </returns>
    public async Task<Result<UserDto>> ExecuteAsync(RestoreUserCommand command, CancellationToken ct)
    {
        var validation = validator.Validate(command);
        if (!validation.IsValid) return validation.ToInvalid();

        var email = command.Email.HasValue ? command.Email.Value.Value : null;
        var restored = await users.ChangeAsync(
            users.FindDeletedToChangeAsync, command.Id, command.Condition,
            user => user.Restore(clock.GetUtcNow(), caller.Name, email), ct);
        return restored.Map(mapper.Map<UserDto>);
    }
}
