using Ardalis.Result;
using CleanUsers.Application.Ports;

namespace CleanUsers.Application.Users;

public sealed record DeleteUserCommand(long Id, VersionCondition Condition);

/// <summary>Puts a user into the bin: it is hidden, its address is free, and nothing of it is lost.</summary>
public sealed class DeleteUser(IUserRepository users, ICaller caller, TimeProvider clock)
{
    /// <returns>Nothing, or <c>user-not-found</c>, <c>version-mismatch</c>.</returns>
    public async Task<Result> ExecuteAsync(DeleteUserCommand command, CancellationToken ct)
    {
        var deleted = await users.ChangeAsync(
            users.FindAsync, command.Id, command.Condition,
            user => user.Delete(clock.GetUtcMilliseconds(), caller.Name), ct);
        return deleted.Map();
    }
}
