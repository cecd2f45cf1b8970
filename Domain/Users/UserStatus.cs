namespace CleanUsers.Domain.Users;

/// <summary>The business state of a user; deletion is not a status. The numbers are stored: they never change meaning.</summary>
public enum UserStatus
{
    Active = 1,
    Inactive = 2,
}
