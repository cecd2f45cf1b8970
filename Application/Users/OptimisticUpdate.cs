using Ardalis.Result;
using CleanUsers.Application.Ports;
using CleanUsers.Domain.Users;

namespace CleanUsers.Application.Users;

/// <summary>How every use case changes a user: it reads, changes and writes, and begins again if another write came between.</summary>
internal static class OptimisticUpdate
{
    /// <summary>
    /// Finds, checks, changes and updates. It updates too where nothing changes: the client may repeat a change that was made, but not acknowledged
    /// since no standby had it yet, and <see cref="IUserRepository.UpdateAsync"/> waits for one.
    /// </summary>
    /// <inheritdoc cref="ChangeAsync(Func{long, CancellationToken, Task{User}}, long, VersionCondition, Func{User, bool}, Func{User,
    /// CancellationToken, Task{UpdateOutcome}}, CancellationToken)"/>
    public static Task<Result<User>> ChangeAsync(
        this IUserRepository users,
        Func<long, CancellationToken, Task<User?>> find,
        long id,
        VersionCondition condition,
        Action<User> change,
        CancellationToken ct) => ChangeAsync(
            find, id, condition,
            user =>
            {
                change(user);
                return true;
            },
            (_, token) => users.UpdateAsync(token), ct);

    /// <summary>
    /// Finds, checks, changes and saves. If another write came between, it starts again on the new state: then either the condition fails, or
    /// the change is made to what the other write left. Each round means that another writer has succeeded; a caller that is overtaken again and
    /// again ends it by its timeout.
    /// </summary>
    /// <param name="find">Finds the user to change, among the deleted users or the others.</param>
    /// <param name="condition">Which versions may be changed.</param>
    /// <param name="change">Makes the change; false if nothing changed, and nothing is to be saved.</param>
    /// <param name="save">Writes the change.</param>
    /// <returns>The user as it is now, or <c>user-not-found</c>, <c>version-mismatch</c>, <c>email-taken</c>; after a restore also
    /// <c>user-name-taken</c>.</returns>
    public static async Task<Result<User>> ChangeAsync(
        Func<long, CancellationToken, Task<User?>> find,
        long id,
        VersionCondition condition,
        Func<User, bool> change,
        Func<User, CancellationToken, Task<UpdateOutcome>> save,
        CancellationToken ct)
    {
        while (true)
        {
            var user = await find(id, ct);
            if (user is null) return Failure.UserNotFound(id);
            if (!condition.Holds(user.Version)) return Failure.VersionMismatch("user", user.Version);
            if (!change(user)) return user;

            if (ToResult(await save(user, ct), user) is { } result) return result;
        }
    }

    /// <returns>Null if another write came between.</returns>
    private static Result<User>? ToResult(UpdateOutcome outcome, User user) => outcome switch
    {
        UpdateOutcome.Saved => user,
        UpdateOutcome.EmailTaken => Failure.EmailTaken(),
        UpdateOutcome.UserNameTaken => Failure.UserNameTaken(),
        UpdateOutcome.Conflict => null,
    };
}
