using Ardalis.Result;
using AutoMapper;
using CleanUsers.Application.Ports;
using CleanUsers.Application.Users;
using CleanUsers.Domain;
using FluentValidation;

namespace CleanUsers.Application.DeletedUsers;

/// <param name="Id">Of a user in the bin.</param>
/// <param name="Condition">What its version must meet.</param>
/// <param name="Email">Another address for it; absent keeps the one it had.</param>
public sealed record RestoreUserCommand(long Id, VersionCondition Condition, Optional<string?> Email = default);

internal sealed class RestoreUserValidator : AbstractValidator<RestoreUserCommand>
{
    public RestoreUserValidator() =>
        When(command => command.Email.HasValue, () => RuleFor(command => command.Email.Value).IsEmail());
}

/// <summary>Takes a user out of the bin, under its address or another.</summary>
public sealed class RestoreUser(
    IValidator<RestoreUserCommand> validator, IUserRepository users, ICaller caller, TimeProvider clock, IMapper mapper)
{
    /// <returns>The user as it is now, or <c>validation-failed</c>, <c>user-not-found</c>, <c>version-mismatch</c>, <c>email-taken</c>.</returns>
    public async Task<Result<UserDto>> ExecuteAsync(RestoreUserCommand command, CancellationToken ct)
    {
        var validation = validator.Validate(command);
        if (!validation.IsValid) return validation.ToInvalid();

        var email = command.Email.HasValue ? UserInput.ParseEmail(command.Email.Value) : null;
        var restored = await users.ChangeAsync(
            users.FindDeletedToChangeAsync, command.Id, command.Condition,
            user => user.Restore(clock.GetUtcMilliseconds(), caller.Name, email), ct);
        return restored.Map(mapper.Map<UserDto>);
    }
}
