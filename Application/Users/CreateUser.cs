using Ardalis.Result;
using AutoMapper;
using CleanUsers.Application.Ports;
using CleanUsers.Domain.Users;
using FluentValidation;

namespace CleanUsers.Application.Users;

public sealed record CreateUserCommand(UserInput User);

internal sealed class CreateUserValidator : AbstractValidator<CreateUserCommand>
{
    public CreateUserValidator() => RuleFor(command => command.User).SetValidator(new UserInputValidator());
}

/// <summary>Adds a user to the directory.</summary>
public sealed class CreateUser(
    IValidator<CreateUserCommand> validator, IUserRepository users, ICaller caller, TimeProvider clock, IMapper mapper)
{
    /// <returns>The new user, or <c>validation-failed</c>, <c>email-taken</c>.</returns>
    public async Task<Result<UserDto>> ExecuteAsync(CreateUserCommand command, CancellationToken ct)
    {
        var validation = validator.Validate(command);
        if (!validation.IsValid) return validation.ToInvalid();

        var user = User.Create(command.User.ToDetails(), clock.GetUtcNow(), caller.Name);
        return await users.AddAsync(user, ct) switch
        {
            AddOutcome.Added => Result.Created(mapper.Map<UserDto>(user)),
            AddOutcome.EmailTaken => Failure.EmailTaken(),
        };
    }
}
