using CleanUsers.Application.Users;

namespace CleanUsers.Infrastructure.Persistence.Search;

/// <summary>A word that a search finds a user by, see <see cref="SearchWords"/>. Goes with its user when that is purged.</summary>
internal sealed class UserWord
{
    public long UserId { get; init; }

    public required string Word { get; init; }
}
