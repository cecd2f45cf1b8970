using CleanUsers.Application.Users;
using CleanUsers.Domain.Users;

namespace CleanUsers.Application.Changes;

/// <summary>A change of a user, in the feed.</summary>
/// <param name="Version">That the user had after it.</param>
/// <param name="At">When it was made; of an imported user, the last update that its file has.</param>
/// <param name="By">
/// As in a user's history: see <see cref="UserChangeDto"/>; <c>service</c> where the retention time of a deleted user was over.
/// </param>
/// <param name="User">The state after the change; null if the user was deleted or purged by it, or was purged since.</param>
public sealed record FeedItemDto(long UserId, long Version, UserChangeKind Kind, DateTimeOffset At, string By, UserDto? User);
