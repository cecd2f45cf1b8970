using Ardalis.Result;
using AutoMapper;
using CleanUsers.Application.Ports;
using CleanUsers.Domain.Users;
using FluentValidation;

namespace CleanUsers.Application.Users;

public sealed record CreateUserCommand(
    string? Email,
    string? Name = null,
    int? Age = null,
    string? Role = nameof(UserRole.User),
    string? Status = nameof(UserStatus.Active)) : IUserInput;

internal sealed class CreateUserValidator : UserInputValidator<CreateUserCommand>;

/// <summary>Adds a user to the directory.</summary>
public sealed class CreateUser(
    IValidator<CreateUserCommand> validator, IUserRepository users, ICaller caller, TimeProvider clock, IMapper mapper)
{
    /// <returns>The new user, or <c>validation-failed</c>, <c>email-taken</c>.</returns>
    public async Task<Result<UserDto>> ExecuteAsync(CreateUserCommand command, CancellationToken ct)
    {
        var validation = validator.Validate(command);
        if (!validation.IsValid) return validation.ToInvalid();

        var user = User.Create(command.ToDetails(), clock.GetUtcMilliseconds(), caller.Name);
        return await users.AddAsync(user, ct) switch
        {
            AddOutcome.Added => Result.Created(mapper.Map<UserDto>(user)),
            AddOutcome.EmailTaken => Errors.EmailTaken(),
        };
    }
}
