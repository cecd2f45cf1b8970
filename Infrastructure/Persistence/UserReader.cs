using System.Runtime.CompilerServices;
using CleanUsers.Application.Ports;
using CleanUsers.Domain.Users;
using CleanUsers.Infrastructure.Persistence.Search;
using Microsoft.EntityFrameworkCore;

namespace CleanUsers.Infrastructure.Persistence;

internal sealed class UserReader(UsersDbContext db, CompiledUserQueries queries, RarestWord rarestWord) : IUserReader
{
    /// <summary>
    /// Stands for the number of rows of a count or an export, which have no limit: the greater it is, the more entries a look at the index of words
    /// reads, and a look is to be short beside what follows.
    /// </summary>
    private const int All = 1000;

    public Task<User?> GetAsync(long id, CancellationToken ct) => queries.GetAsync(db, id, deleted: false, ct);

    public Task<User?> GetDeletedAsync(long id, CancellationToken ct) => queries.GetAsync(db, id, deleted: true, ct);

    public async Task<IReadOnlyList<User>> GetByEmailAsync(IReadOnlyCollection<string> emailKeys, CancellationToken ct) =>
        await db.Users.AsNoTracking().Where(user => emailKeys.Contains(user.EmailKey)).ToListAsync(ct);

    public async IAsyncEnumerable<User> GetSnapshotAsync(UserFilter filter, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var snapshot = await db.OpenSnapshotAsync(ct);
        var matching = await MatchingAsync(snapshot, deleted: false, filter, All, ct);
        await using var users = matching.OrderBy(user => user.Id).AsAsyncEnumerable().GetAsyncEnumerator(ct);
        while (await MoveNextAsync()) yield return users.Current;

        async ValueTask<bool> MoveNextAsync()
        {
            try
            {
                return await users.MoveNextAsync();
            }
            catch (Exception exception) when (snapshot.IsCancellation(exception, ct))
            {
                throw new OperationCanceledException(exception.Message, exception, ct);
            }
        }
    }

    public async Task<IReadOnlyList<ListedUser>> ListAsync(UserQuery query, CancellationToken ct)
    {
        var users = await MatchingAsync(db, query.Deleted, query.Filter, query.Limit, ct);
        var page = query.Sort.Key switch
        {
            UserSortKey.Id => users.PageById(query),
            UserSortKey.CreatedAt => users.PageBy(query, user => user.CreatedAt, after => after.Instant),
            UserSortKey.UpdatedAt => users.PageBy(query, user => user.UpdatedAt, after => after.Instant),
            UserSortKey.Email => users.PageBy(query, user => user.EmailKey, after => after.Text),
            UserSortKey.Name => users.PageBy(query, user => user.SortName, after => after.Text),
            UserSortKey.DeletedAt => users.PageBy(query, user => user.DeletedAt, after => after.Instant),
        };
        return await page.Select(ListedUsers.Of(query.Sort.Key)).ToListAsync(ct);
    }

    public async Task<long> CountAsync(UserQuery query, CancellationToken ct) =>
        await (await MatchingAsync(db, query.Deleted, query.Filter, All, ct)).LongCountAsync(ct);

    private async Task<IQueryable<User>> MatchingAsync(UsersDbContext context, bool deleted, UserFilter filter, int rows, CancellationToken ct)
    {
        var users = context.Users.AsNoTracking();
        if (deleted)
        {
            // the filter hides the deleted users
            users = users.IgnoreQueryFilters([UserConfiguration.NotDeleted]).Where(user => user.DeletedAt != null);
        }

        if (filter.EmailKey is { } email) users = users.Where(user => user.EmailKey == email);
        // constants: a plan that was made for one value, whose users are few, would be used for the other
        if (filter.Status is { } status) users = users.Where(user => user.Status == EF.Constant(status));
        if (filter.Role is { } role) users = users.Where(user => user.Role == EF.Constant(role));
        if (filter.CreatedFrom is { } from) users = users.Where(user => user.CreatedAt >= from);
        if (filter.CreatedBefore is { } before) users = users.Where(user => user.CreatedAt < before);
        return filter.Words is { } words ? await context.SearchAsync(users, words, rows, rarestWord, ct) : users;
    }
}
