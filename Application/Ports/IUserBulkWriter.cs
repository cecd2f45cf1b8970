using CleanUsers.Domain.Users;

namespace CleanUsers.Application.Ports;

/// <summary>Writes many users at once, by what the database has for that.</summary>
public interface IUserBulkWriter
{
    /// <summary>
    /// Adds, in one transaction with their search words, the users whose addresses are free. The unique index decides which those are, also
    /// where an address is in the list twice: then the first is added.
    /// </summary>
    /// <param name="users">New ones, without ids; some thousands at most.</param>
    /// <param name="ct">Once cancelled, no user is added.</param>
    /// <returns>Of each, in the order of the list, whether it was added.</returns>
    Task<IReadOnlyList<bool>> AddAsync(IReadOnlyList<User> users, CancellationToken ct);
}
