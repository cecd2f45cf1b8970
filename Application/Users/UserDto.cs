using CleanUsers.Domain.Users;

namespace CleanUsers.Application.Users;

/// <summary>A user as every client sees it.</summary>
public sealed record UserDto(
    long Id,
    string Email,
    string? Name,
    int? Age,
    UserRole Role,
    UserStatus Status,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    long Version);
