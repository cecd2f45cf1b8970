using Ardalis.Result;
using AutoMapper;
using CleanUsers.Application.Ports;
using CleanUsers.Domain;
using CleanUsers.Domain.Users;
using FluentValidation;

namespace CleanUsers.Application.Users;

/// <summary>What to change (RFC 7396): an absent member stays as it is, null clears it, and what can't be cleared must not be null.</summary>
public sealed record PatchUserCommand(
    long Id,
    VersionCondition Condition,
    Optional<Parsed<EmailAddress>> Email = default,
    Optional<Parsed<UserName?>> Name = default,
    Optional<Parsed<int?>> Age = default,
    Optional<Parsed<UserRole>> Role = default,
    Optional<Parsed<UserStatus>> Status = default);

internal sealed class PatchUserValidator : AbstractValidator<PatchUserCommand>
{
    public PatchUserValidator()
    {
        RuleFor(patch => patch.Email).IsAcceptedOrAbsent();
        RuleFor(patch => patch.Name).IsAcceptedOrAbsent();
        RuleFor(patch => patch.Age).IsAcceptedOrAbsent();
        RuleFor(patch => patch.Role).IsAcceptedOrAbsent();
        RuleFor(patch => patch.Status).IsAcceptedOrAbsent();
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
            Email: command.Email.Map(email => email.Value),
            Name: command.Name.Map(name => name.Value),
            Age: command.Age.Map(age => age.Value),
            Role: command.Role.Map(role => role.Value),
            Status: command.Status.Map(status => status.Value));
        var patched = await users.ChangeAsync(
            users.FindToChangeAsync, command.Id, command.Condition,
            user => user.Apply(patch, clock.GetUtcMilliseconds(), caller.Name), ct);
        return patched.Map(mapper.Map<UserDto>);
    }
}
