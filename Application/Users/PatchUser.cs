using Ardalis.Result;
using AutoMapper;
using CleanUsers.Application.Ports;
using CleanUsers.Domain.Users;
using FluentValidation;

namespace CleanUsers.Application.Users;

/// <summary>What to change (RFC 7396): an absent member stays as it is, null clears it, and what can't be cleared must not be null.</summary>
public sealed record PatchUserCommand(
    long Id,
    VersionCondition Condition,
    Optional<Parsed<EmailAddress>> Email,
    Optional<Parsed<UserName?>> Name,
    Optional<Parsed<int?>> Age,
    Optional<Parsed<UserRole>> Role,
    Optional<Parsed<UserStatus>> Status)
{
    /// <summary>A patch that changes nothing.</summary>
    internal static PatchUserCommand Nothing(long id, VersionCondition condition) =>
        new(id, condition, Email: default, Name: default, Age: default, Role: default, Status: default);

    internal UserDetails ApplyTo(UserDetails current) => new(
        Email: Or(Email, current.Email),
        Name: Or(Name, current.Name),
        Age: Or(Age, current.Age),
        Role: Or(Role, current.Role),
        Status: Or(Status, current.Status));

    private static T Or<T>(Optional<Parsed<T>> member, T current) => member.HasValue ? member.Value.Value : current;
}

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

        var patched = await users.ChangeAsync(
            users.FindToChangeAsync, command.Id, command.Condition,
            user => user.Replace(command.ApplyTo(user.Details), clock.GetUtcNow(), caller.Name), ct);
        return patched.Map(mapper.Map<UserDto>);
    }
}
