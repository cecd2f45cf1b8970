using CleanUsers.Domain.Users;

namespace CleanUsers.Application.Transfer;

/// <summary>A user as a file has it: all that makes the same user again, but for the id, which the directory gives.</summary>
public sealed record ExportedUser(
    long Id,
    string Email,
    string? Name,
    int? Age,
    UserRole Role,
    UserStatus Status,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    long Version,
    string CreatedBy,
    string UpdatedBy);
