namespace CleanUsers.Domain.Users;

/// <summary>What a change did. The numbers are stored: they never change meaning.</summary>
public enum UserChangeKind
{
    Created = 1,
    Updated = 2,
    Deleted = 3,
    Restored = 4,
    Purged = 5,
}
