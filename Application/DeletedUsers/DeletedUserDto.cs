using CleanUsers.Domain.Users;

namespace CleanUsers.Application.DeletedUsers;

/// <summary>A deleted user, in the recycle bin.</summary>
public sealed record DeletedUserDto(
    long Id,
    string Email,
    string? Name,
    int? Age,
    UserRole Role,
    UserStatus Status,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    long Version)
{
    public DateTimeOffset DeletedAt { get; init; }

    /// <summary>When it may be erased at the earliest; null if deleted users are never erased.</summary>
    public DateTimeOffset? PurgeAt { get; init; }
}
