using Ardalis.Result;
using AutoMapper;
using CleanUsers.Application.Ports;
using CleanUsers.Domain;
using CleanUsers.Domain.Users;
using FluentValidation;

namespace CleanUsers.Application.Users;

/// <summary>What to change (RFC 7396): what is absent stays, null clears, and what can't be cleared must not be null.</summary>
public sealed record PatchUserCommand(
    long Id,
    VersionCondition Condition,
    Optional<string?> Email = default,
    Optional<string?> Name = default,
    Optional<int?> Age = default,
    Optional<string?> Role = default,
    Optional<string?> Status = default);

internal sealed class PatchUserValidator : AbstractValidator<PatchUserCommand>
{
    public PatchUserValidator()
    {
        When(patch => patch.Email.HasValue, () => RuleFor(patch => patch.Email.Value).IsEmail());
        When(patch => patch.Name.HasValue, () => RuleFor(patch => patch.Name.Value).IsNameOrNull());
        When(patch => patch.Age.HasValue, () => RuleFor(patch => patch.Age.Value).IsAgeOrNull());
        When(patch => patch.Role.HasValue, () => RuleFor(patch => patch.Role.Value).IsNameOf<PatchUserCommand, UserRole>());
        When(patch => patch.Status.HasValue, () => RuleFor(patch => patch.Status.Value).IsNameOf<PatchUserCommand, UserStatus>());
    }
}

/// <summary>Changes a part of a user.</summary>
public sealed class PatchUser(
    IValidator<PatchUserCommand> validator, IUserRepository users, ICaller caller, TimeProvider clock, IMapper mapper)
{
    /// <returns>The user as it is now, or <c>validation-failed</c>, <c>user-not-found</c>, <c>version-mismatch</c>, <c>email-taken</c>.</returns>
    public async Task<Result<UserDto>> ExecuteAsync(PatchUserCommand command, CancellationToken ct)
    {
        var validation = validator.Validate(command);
        if (!validation.IsValid) return validation.ToInvalid();

        var patch = new UserPatch(
            command.Email.Map(UserInput.ParseEmail),
            command.Name.Map(UserInput.ParseName),
            command.Age,
            command.Role.Map(UserInput.ParseEnum<UserRole>),
            command.Status.Map(UserInput.ParseEnum<UserStatus>));
        var patched = await users.ChangeAsync(
            users.FindToChangeAsync, command.Id, command.Condition,
            user => user.Apply(patch, clock.GetUtcMilliseconds(), caller.Name), ct);
        return patched.Map(mapper.Map<UserDto>);
    }
}
