using CleanUsers.Application.Ports;
using CleanUsers.Domain.Users;

namespace CleanUsers.Infrastructure.Persistence;

/// <summary>Reads one user, or a page of users, by prepared statements; everything else is read through EF Core.</summary>
/// <param name="others">Made only where it is needed: a context costs more than the statement.</param>
internal sealed class PreparedUserReader(UserStatements statements, ScopedContext db, Func<UserReader> others) : IUserReader
{
    public Task<User?> GetAsync(long id, CancellationToken ct) => statements.GetAsync(db, id, deleted: false, ct);

    public Task<User?> GetDeletedAsync(long id, CancellationToken ct) => statements.GetAsync(db, id, deleted: true, ct);

    public Task<IReadOnlyList<ListedUser>> ListAsync(UserQuery query, CancellationToken ct) => statements.ListAsync(query, ct);

    public Task<IReadOnlyList<User>> GetByEmailAsync(IReadOnlyCollection<string> emailKeys, CancellationToken ct) =>
        others().GetByEmailAsync(emailKeys, ct);

    public IAsyncEnumerable<User> GetSnapshotAsync(UserFilter filter, CancellationToken ct) => others().GetSnapshotAsync(filter, ct);

    public Task<long> CountAsync(UserQuery query, CancellationToken ct) => others().CountAsync(query, ct);
}
