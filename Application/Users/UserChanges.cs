using Ardalis.Result;
using CleanUsers.Application.Ports;
using CleanUsers.Domain.Users;

namespace CleanUsers.Application.Users;

/// <summary>How every use case that changes a user goes about it.</summary>
internal static class UserChanges
{
    /// <summary>
    /// Finds, checks, changes and saves. Where another write came between, it starts again on the new state: then either the condition
    /// fails, or the change is made to what the other left. One of the writers always gets through, so this ends.
    /// </summary>
    /// <param name="users">Where the user is.</param>
    /// <param name="find">Finds the user to change, among the deleted ones or the others.</param>
    /// <param name="id">Of the user, for the refusal.</param>
    /// <param name="condition">What the version must meet.</param>
    /// <param name="change">Makes the change; false where there was nothing to change, and nothing is to be saved.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The user as it is now, or <c>user-not-found</c>, <c>version-mismatch</c>, <c>email-taken</c>.</returns>
    public static async Task<Result<User>> ChangeAsync(
        this IUserRepository users,
        Func<long, CancellationToken, Task<User?>> find,
        long id,
        VersionCondition condition,
        Func<User, bool> change,
        CancellationToken ct)
    {
        while (true)
        {
            var user = await find(id, ct);
            if (user is null) return Errors.UserNotFound(id);
            if (!condition.Holds(user.Version)) return Errors.VersionMismatch(user.Version);
            if (!change(user)) return user;

            switch (await users.SaveAsync(ct))
            {
                case SaveOutcome.Saved: return user;
                case SaveOutcome.EmailTaken: return Errors.EmailTaken();
                case SaveOutcome.VersionConflict: continue;
            }
        }
    }
}
