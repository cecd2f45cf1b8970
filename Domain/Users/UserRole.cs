namespace CleanUsers.Domain.Users;

/// <summary>What a user may do. The numbers are stored: they never change meaning.</summary>
public enum UserRole
{
    User = 1,
    Admin = 2,
}
