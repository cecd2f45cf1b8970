namespace CleanUsers.Domain.Users;

public enum UserChangeKind
{
    Created,
    Updated,
    Deleted,
    Restored,
}
