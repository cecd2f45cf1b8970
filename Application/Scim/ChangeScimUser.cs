using Ardalis.Result;
using AutoMapper;
using CleanUsers.Application.Ports;
using CleanUsers.Application.Users;
using FluentValidation;

namespace CleanUsers.Application.Scim;

/// <param name="Change">
/// Makes the new state of the present one. Can be called several times: another write may come between.
/// </param>
/// <param name="IsSame">Whether clients see two states as the same.</param>
public sealed record ChangeScimUserCommand(
    long Id, VersionCondition Condition, Func<ScimUserDto, ScimUserInput> Change, Func<ScimUserDto, ScimUserDto, bool> IsSame);

/// <summary>Changes a user for an identity provider: the user and what the provider sends besides are written in one transaction.</summary>
public sealed class ChangeScimUser(
    IValidator<ScimUserInput> validator, IScimUsers scim, ReplaceUser replaceUser, PatchUser patchUser, IMapper mapper)
{
    /// <returns>
    /// The user as it is now, or <c>validation-failed</c>, <c>user-not-found</c>, <c>version-mismatch</c>, <c>email-taken</c>,
    /// <c>user-name-taken</c>.
    /// </returns>
    public async Task<Result<ScimUserDto>> ExecuteAsync(ChangeScimUserCommand command, CancellationToken ct)
    {
        while (true)
        {
            if (await scim.GetAsync(command.Id, ct) is not { } record) return Failure.UserNotFound(command.Id);
            var present = ScimUserDto.Of(record, mapper);
            if (!command.Condition.Holds(present.User.Version)) return Failure.VersionMismatch("user", present.User.Version);
            var input = command.Change(present);
            var validation = validator.Validate(input);
            if (!validation.IsValid) return validation.ToInvalid();

            // not by what is stored: after a change by REST, that has an address and a name which are no longer shown
            var isSame = command.IsSame(present, input.ApplyTo(present));
            var result = isSame ? await KeepAsync(present, ct) : await WriteAsync(present, input, ct);
            var isOvertaken = !result.IsSuccess && result.Status == ResultStatus.Conflict && Failure.Of(result).Code == ErrorCodes.VersionMismatch;
            if (!isOvertaken) return result;
        }
    }

    /// <summary>Writes nothing, but waits for a standby, which an earlier attempt at the same change may not have reached.</summary>
    private async Task<Result<ScimUserDto>> KeepAsync(ScimUserDto present, CancellationToken ct)
    {
        var kept = await patchUser.ExecuteAsync(PatchUserCommand.Nothing(present.User.Id, AsRead(present)), ct);
        return kept.Map(_ => present);
    }

    private static VersionCondition AsRead(ScimUserDto present) => new(OneOf: new HashSet<long> { present.User.Version });

    private async Task<Result<ScimUserDto>> WriteAsync(ScimUserDto present, ScimUserInput input, CancellationToken ct)
    {
        var details = input.ToDetails();
        var command = new ReplaceUserCommand(present.User.Id, AsRead(present), input.User, Touches: details != present.Scim);
        if (!command.Touches)
        {
            var replaced = await replaceUser.ExecuteAsync(command, ct);
            return replaced.Map(user => new ScimUserDto(user, details));
        }

        var changed = Result<UserDto>.NoContent();
        var outcome = await scim.WriteAsync(
            async token =>
            {
                changed = await replaceUser.ExecuteAsync(command, token);
                return changed.IsSuccess ? new ScimWrite(present.User.Id, details, input.Emails.Value) : null;
            },
            ct);
        return outcome switch
        {
            ScimOutcome.Written or ScimOutcome.Rejected => changed.Map(user => new ScimUserDto(user, details)),
            ScimOutcome.UserNameTaken => Failure.UserNameTaken(),
        };
    }
}
