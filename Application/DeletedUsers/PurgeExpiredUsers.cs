using CleanUsers.Application.Ports;
using CleanUsers.Application.Users;

namespace CleanUsers.Application.DeletedUsers;

/// <summary>Purges the deleted users whose retention time is over. Several processes may do so at once, and it can be stopped anywhere.</summary>
public sealed class PurgeExpiredUsers(IUserReader reader, IUserRepository users, ICaller caller, Retention retention, TimeProvider clock)
{
    private const int BatchSize = 100;

    /// <returns>How many users were purged; 0 where deleted users are kept for ever.</returns>
    public async Task<long> ExecuteAsync(CancellationToken ct)
    {
        if (retention.Time is not { } time) return 0;
        var end = clock.GetUtcNow() - time;
        var purged = 0L;
        while (await PurgeBatchAsync(end, ct) is var batch and > 0) purged += batch;
        return purged;
    }

    private async Task<int> PurgeBatchAsync(DateTimeOffset end, CancellationToken ct)
    {
        var oldest = new UserQuery(Deleted: true, new UserFilter(), new UserSort(UserSortKey.DeletedAt, Descending: false), BatchSize, After: null);
        var purged = 0;
        foreach (var expired in (await reader.ListAsync(oldest, ct)).TakeWhile(user => user.DeletedAt <= end))
        {
            var removed = false;
            var result = await OptimisticUpdate.ChangeAsync(
                users.FindDeletedToChangeAsync, expired.User.Id, VersionCondition.None,
                user => removed = user.DeletedAt <= end // else restored and deleted again meanwhile
                    && user.Purge(clock.GetUtcNow(), caller.Name),
                users.PurgeAsync, ct);
            if (result.IsSuccess && removed) purged++;
        }

        return purged;
    }
}
