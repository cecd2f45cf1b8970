using Ardalis.Result;
using CleanUsers.Application.Ports;
using CleanUsers.Domain.Emails;

namespace CleanUsers.Application.Users;

public sealed record DeleteUserCommand(long Id, VersionCondition Condition);

/// <summary>
/// Moves a user to the recycle bin: it is hidden, its address is free, and nothing of it is lost. Emails to it that are still queued are not sent.
/// </summary>
public sealed class DeleteUser(IUserRepository users, ICaller caller, TimeProvider clock)
{
    /// <returns>Nothing, or <c>user-not-found</c>, <c>version-mismatch</c>.</returns>
    public async Task<Result> ExecuteAsync(DeleteUserCommand command, CancellationToken ct)
    {
        var deleted = await OptimisticUpdate.ChangeAsync(
            users.FindToChangeAsync, command.Id, command.Condition,
            user => user.Delete(clock.GetUtcNow(), caller.Name),
            (user, token) => users.UpdateAndFailQueuedEmailsAsync(user.Id, Email.UserDeleted, token),
            ct);
        return deleted.Map();
    }
}
