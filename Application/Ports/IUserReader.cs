using CleanUsers.Domain.Users;

namespace CleanUsers.Application.Ports;

/// <summary>Users to look at; changing what comes from here changes nothing.</summary>
public interface IUserReader
{
    /// <summary>The user, or null where there is none or it is deleted.</summary>
    Task<User?> FindAsync(long id, CancellationToken ct);

    /// <summary>The user in the bin, or null where it is not there.</summary>
    Task<User?> FindDeletedAsync(long id, CancellationToken ct);

    /// <summary>At most <see cref="UserQuery.Limit"/> users that follow <see cref="UserQuery.After"/>, in order.</summary>
    Task<IReadOnlyList<User>> ListAsync(UserQuery query, CancellationToken ct);

    /// <summary>How many users the query has on all its pages together; the cost grows with their number.</summary>
    Task<long> CountAsync(UserQuery query, CancellationToken ct);
}
