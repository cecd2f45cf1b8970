using CleanUsers.Domain.Users;

namespace CleanUsers.Application.Ports;

/// <summary>Users to look at; changing what comes from here changes nothing.</summary>
public interface IUserReader
{
    /// <summary>The user, or null where there is none or it is deleted.</summary>
    Task<User?> FindAsync(long id, CancellationToken ct);

    /// <summary>The user in the bin, or null where it is not there.</summary>
    Task<User?> FindDeletedAsync(long id, CancellationToken ct);

    /// <summary>The users that have one of these addresses, in no order; deleted ones have none.</summary>
    /// <param name="emailKeys"><see cref="EmailAddress.Key"/> of each; some hundred at most.</param>
    /// <param name="ct">Gives up.</param>
    Task<IReadOnlyList<User>> FindByEmailAsync(IReadOnlyCollection<string> emailKeys, CancellationToken ct);

    /// <summary>
    /// All users that meet the filter, by id, as they were at one moment, whatever is written meanwhile. Read as they are taken, however many
    /// there are.
    /// </summary>
    IAsyncEnumerable<User> SnapshotAsync(UserFilter filter, CancellationToken ct);

    /// <summary>At most <see cref="UserQuery.Limit"/> users that follow <see cref="UserQuery.After"/>, in order.</summary>
    Task<IReadOnlyList<User>> ListAsync(UserQuery query, CancellationToken ct);

    /// <summary>How many users the query has on all its pages together; the cost grows with their number.</summary>
    Task<long> CountAsync(UserQuery query, CancellationToken ct);
}
