using Ardalis.Result;

namespace CleanUsers.Application;

/// <summary>
/// Each refusal as a <see cref="Result"/> whose first error is its code and whose second is the sentence for people. Faults of the
/// input are <see cref="ResultStatus.Invalid"/> and name the member as the wire does.
/// </summary>
public static class Errors
{
    public static Result UserNotFound(long id) =>
        Result.NotFound(ErrorCodes.UserNotFound, $"There is no user {id} here.");

    public static Result EmailNotFound(long id) =>
        Result.NotFound(ErrorCodes.NotFound, $"There is no email {id} to this user.");

    public static Result EmailTaken() =>
        Result.Conflict(ErrorCodes.EmailTaken, "Another user has this email address.");

    public static Result VersionMismatch(long version) =>
        Result.Conflict(ErrorCodes.VersionMismatch, $"The user is at version {version}, which the condition does not allow.");

    public static ValidationError Invalid(string member, string code, string detail) =>
        new(member, detail, code, ValidationSeverity.Error);
}
