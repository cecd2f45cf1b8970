using CleanUsers.Application.Ports;
using CleanUsers.Application.Users;
using Microsoft.Extensions.DependencyInjection;

namespace CleanUsers.Application.DeletedUsers;

/// <summary>Erases the users whose time in the bin is over. Several processes may do so at once, and it can be stopped anywhere.</summary>
public sealed class PurgeExpiredUsers(IServiceScopeFactory scopes, Retention retention, TimeProvider clock)
{
    private const int Batch = 100;

    /// <returns>How many were erased; none where users are kept for ever.</returns>
    public async Task<long> ExecuteAsync(CancellationToken ct)
    {
        if (retention.Time is not { } time) return 0;
        var end = clock.GetUtcMilliseconds() - time;
        var purged = 0L;
        while (await PurgeAsync(end, ct) is var batch and > 0) purged += batch;
        return purged;
    }

    private async Task<int> PurgeAsync(DateTimeOffset end, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<IUserRepository>();
        var oldest = new UserQuery(Deleted: true, new UserFilter(), new UserSort(UserSortKey.DeletedAt, Descending: false), Batch, After: null);
        var purged = 0;
        foreach (var expired in (await scope.ServiceProvider.GetRequiredService<IUserReader>().ListAsync(oldest, ct)).TakeWhile(user => user.DeletedAt <= end))
        {
            var removed = false;
            var result = await UserChanges.ChangeAsync(
                users.FindDeletedToChangeAsync, expired.Id, VersionCondition.None,
                user => removed = user.DeletedAt <= end, // else restored and deleted again meanwhile
                async (user, token) => await users.TryPurgeAsync(user, token) ? UpdateOutcome.Saved : UpdateOutcome.Conflict,
                ct);
            if (result.IsSuccess && removed) purged++;
        }

        return purged;
    }
}
