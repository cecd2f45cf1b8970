using CleanUsers.Domain.Users;

namespace CleanUsers.Application.Ports;

/// <summary>The records of changes that every write of a user leaves, in its own transaction.</summary>
public interface IUserChanges
{
    /// <summary>At most so many changes of a user, newest first, that gave it a version before one.</summary>
    Task<IReadOnlyList<UserChange>> ListAsync(long userId, long? before, int limit, CancellationToken ct);
}
