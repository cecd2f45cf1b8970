using Ardalis.Result;
using CleanUsers.Application.Ports;
using CleanUsers.Application.Users;

namespace CleanUsers.Application.DeletedUsers;

public sealed record PurgeUserCommand(long Id, VersionCondition Condition);

/// <summary>Erases a deleted user for good. A user that is not deleted can't be erased.</summary>
public sealed class PurgeUser(IUserRepository users, ICaller caller, TimeProvider clock)
{
    /// <returns>Nothing, or <c>user-not-found</c>, <c>version-mismatch</c>.</returns>
    public async Task<Result> ExecuteAsync(PurgeUserCommand command, CancellationToken ct)
    {
        var purged = await OptimisticUpdate.ChangeAsync(
            users.FindDeletedToChangeAsync, command.Id, command.Condition,
            user => user.Purge(clock.GetUtcNow(), caller.Name),
            users.PurgeAsync, ct);
        return purged.Map();
    }
}
