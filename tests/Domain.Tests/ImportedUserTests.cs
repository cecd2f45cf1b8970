using CleanUsers.Domain.Users;

namespace CleanUsers.Domain.Tests;

public sealed class ImportedUserTests
{
    private static readonly DateTimeOffset Then = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Imported_user_keeps_its_history_and_continues_it()
    {
        var user = User.Import(Details(), new(Then, "bob", Then.AddDays(1), "carol", 7));
        Assert.Equal((Then, "bob", Then.AddDays(1), "carol", 7L), (user.CreatedAt, user.CreatedBy, user.UpdatedAt, user.UpdatedBy, user.Version));
        user.Replace(user.Details with { Age = 1 }, Then.AddDays(2), "eve");
        Assert.Equal((8L, "eve", "bob"), (user.Version, user.UpdatedBy, user.CreatedBy));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, -1)]
    public void Impossible_history_throws(long version, int days) =>
        Assert.Throws<ArgumentException>(() => User.Import(Details(), new(Then, "bob", Then.AddDays(days), "carol", version)));

    private static UserDetails Details() =>
        new(EmailAddress.TryParse("ada@example.org", out var email, out _) ? email : throw new FormatException(), null, null, UserRole.User,
            UserStatus.Active);
}
