using CleanUsers.Domain.Users;

namespace CleanUsers.Infrastructure.Tests;

internal static class Sample
{
    private static int LastNumber;

    public static DateTimeOffset Now { get; } = new(2026, 1, 1, 12, 0, 0, 123, TimeSpan.Zero);

    public static User User(string? email = null, string? name = null, DateTimeOffset? created = null, UserRole role = UserRole.User) =>
        Domain.Users.User.Create(
            new UserDetails(Email(email ?? $"user{Interlocked.Increment(ref LastNumber)}@example.org"), Name(name), 36, role, UserStatus.Active),
            created ?? Now, "eve");

    public static EmailAddress Email(string text) => EmailAddress.TryParse(text, out var address, out _) ? address : throw new FormatException(text);

    public static UserName? Name(string? text) =>
        text is null ? null : UserName.TryParse(text, out var name, out _) ? name : throw new FormatException(text);
}
