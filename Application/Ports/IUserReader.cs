using CleanUsers.Domain.Users;

namespace CleanUsers.Application.Ports;

/// <summary>Users to look at: changing what comes from here changes nothing.</summary>
public interface IUserReader
{
    /// <summary>The user; null if it does not exist or is deleted.</summary>
    Task<User?> GetAsync(long id, CancellationToken ct);

    /// <summary>The deleted user; null if it does not exist or is not deleted.</summary>
    Task<User?> GetDeletedAsync(long id, CancellationToken ct);

    /// <summary>The users that have one of these addresses, in no order; deleted ones have none.</summary>
    /// <param name="emailKeys"><see cref="EmailAddress.Key"/> of each; some hundred at most.</param>
    Task<IReadOnlyList<User>> GetByEmailAsync(IReadOnlyCollection<string> emailKeys, CancellationToken ct);

    /// <summary>
    /// All users that match the filter, by id, from one snapshot of the database. They are streamed: memory does not grow with their number.
    /// </summary>
    IAsyncEnumerable<User> GetSnapshotAsync(UserFilter filter, CancellationToken ct);

    /// <summary>At most <see cref="UserQuery.Limit"/> users that follow <see cref="UserQuery.After"/>, in order.</summary>
    Task<IReadOnlyList<ListedUser>> ListAsync(UserQuery query, CancellationToken ct);

    /// <summary>How many users all pages of the query have together; the cost grows with their number.</summary>
    Task<long> CountAsync(UserQuery query, CancellationToken ct);
}
