using CleanUsers.Domain.Users;

namespace CleanUsers.Application.Ports;

/// <summary>The records that changes of users leave, each in the transaction of its change.</summary>
public interface IHistoryReader
{
    /// <summary>The changes of a user, newest first.</summary>
    /// <param name="before">Only those with a lower version than this one; null for all.</param>
    /// <param name="limit">At most so many.</param>
    Task<IReadOnlyList<UserChange>> ListAsync(long userId, long? before, int limit, CancellationToken ct);
}
