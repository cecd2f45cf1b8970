namespace CleanUsers.Domain.Users;

/// <summary>What a client changes about a user; what is absent stays (RFC 7396).</summary>
public sealed record UserPatch(
    Optional<EmailAddress> Email = default,
    Optional<UserName?> Name = default,
    Optional<int?> Age = default,
    Optional<UserRole> Role = default,
    Optional<UserStatus> Status = default);
