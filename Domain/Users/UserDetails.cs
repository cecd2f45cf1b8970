namespace CleanUsers.Domain.Users;

/// <summary>All that a client decides about a user.</summary>
public sealed record UserDetails(EmailAddress Email, UserName? Name, int? Age, UserRole Role, UserStatus Status);
