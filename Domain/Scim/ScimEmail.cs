namespace CleanUsers.Domain.Scim;

/// <summary>An email address besides the primary one, in the form that filters compare; as it was sent it is in the attributes.</summary>
public sealed class ScimEmail
{
    private ScimEmail()
    {
    }

    public static ScimEmail Create(long userId, int number, string value, string? type) =>
        new() { UserId = userId, Number = number, Key = ScimText.Key(value), Type = type?.ToLowerNfc() };

    public long UserId { get; private set; }

    public int Number { get; private set; }

    public string Key { get; private set; } = "";

    public string? Type { get; private set; }
}
