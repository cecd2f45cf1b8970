using CleanUsers.Domain.Users;

namespace CleanUsers.Domain.Tests;

public sealed class UserTests
{
    private static readonly DateTimeOffset Then = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Now = Then.AddDays(1);

    [Fact]
    public void A_new_user_is_at_version_1_and_was_made_and_changed_now()
    {
        var user = Ada();
        Assert.Equal((1, Then, Then, "eve", "eve"), (user.Version, user.CreatedAt, user.UpdatedAt, user.CreatedBy, user.UpdatedBy));
        Assert.False(user.IsDeleted);
    }

    [Fact]
    public void A_change_raises_the_version_by_one_and_says_when_and_by_whom()
    {
        var user = Ada();
        Assert.True(user.Apply(new UserPatch(Age: 37, Role: UserRole.Admin), Now, "bob"));
        Assert.Equal((2, Now, "bob", Then, "eve"), (user.Version, user.UpdatedAt, user.UpdatedBy, user.CreatedAt, user.CreatedBy));
        Assert.Equal((37, UserRole.Admin, "Ada"), (user.Age, user.Role, user.Name));
    }

    [Fact]
    public void A_change_that_changes_nothing_leaves_everything()
    {
        var user = Ada();
        Assert.False(user.Apply(new UserPatch(Age: 36, Name: Name("Ada")), Now, "bob"));
        Assert.False(user.Replace(Details(), Now, "bob"));
        Assert.Equal((1, Then, "eve"), (user.Version, user.UpdatedAt, user.UpdatedBy));
    }

    [Fact]
    public void Another_spelling_of_the_same_address_is_a_change()
    {
        var user = Ada();
        Assert.True(user.Apply(new UserPatch(Email: Email("ADA@example.org")), Now, "bob"));
        Assert.Equal(("ADA@example.org", "ada@example.org"), (user.Email, user.EmailKey));
    }

    [Fact]
    public void Replacing_clears_what_the_new_state_does_not_have()
    {
        var user = Ada();
        Assert.True(user.Replace(Details() with { Name = null, Age = null }, Now, "bob"));
        Assert.Equal((null, "", null), (user.Name, user.SortName, user.Age));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(151)]
    public void An_age_out_of_range_is_refused_by_the_entity_itself(int age)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => User.Create(Details() with { Age = age }, Now, "eve"));
        Assert.Throws<ArgumentOutOfRangeException>(() => Ada().Apply(new UserPatch(Age: age), Now, "eve"));
    }

    [Fact]
    public void Deleting_keeps_everything_and_says_when_and_by_whom()
    {
        var user = Ada();
        Assert.True(user.Delete(Now, "bob"));
        Assert.Equal((true, Now, "bob", 2), (user.IsDeleted, user.DeletedAt, user.DeletedBy, user.Version));
        Assert.Equal(("ada@example.org", "Ada", 36), (user.Email, user.Name, user.Age));
    }

    [Fact]
    public void Deleting_twice_changes_nothing()
    {
        var user = Ada();
        user.Delete(Now, "bob");
        Assert.False(user.Delete(Now.AddDays(1), "eve"));
        Assert.Equal((2, Now, "bob"), (user.Version, user.DeletedAt, user.DeletedBy));
    }

    [Fact]
    public void A_deleted_user_can_not_be_changed()
    {
        var user = Ada();
        user.Delete(Now, "bob");
        Assert.Throws<InvalidOperationException>(() => user.Apply(new UserPatch(Age: 1), Now, "bob"));
        Assert.Throws<InvalidOperationException>(() => user.Replace(Details(), Now, "bob"));
    }

    [Fact]
    public void Restoring_takes_the_user_out_of_the_bin_under_its_address()
    {
        var user = Ada();
        user.Delete(Now, "bob");
        Assert.True(user.Restore(Now.AddDays(1), "eve"));
        Assert.Equal((false, null, null, 3, "ada@example.org"), (user.IsDeleted, user.DeletedAt, user.DeletedBy, user.Version, user.Email));
    }

    [Fact]
    public void Restoring_can_give_another_address()
    {
        var user = Ada();
        user.Delete(Now, "bob");
        Assert.True(user.Restore(Now, "eve", Email("new@example.org")));
        Assert.Equal(("new@example.org", "new@example.org"), (user.Email, user.EmailKey));
    }

    [Fact]
    public void Restoring_what_is_not_in_the_bin_changes_nothing()
    {
        var user = Ada();
        Assert.False(user.Restore(Now, "eve", Email("new@example.org")));
        Assert.Equal((1, "ada@example.org"), (user.Version, user.Email));
    }

    private static User Ada() => User.Create(Details(), Then, "eve");

    private static UserDetails Details() => new(Email("ada@example.org"), Name("Ada"), 36, UserRole.User, UserStatus.Active);

    private static EmailAddress Email(string text) => EmailAddress.TryParse(text, out var address, out _) ? address : throw new FormatException(text);

    private static UserName Name(string text) => UserName.TryParse(text, out var name, out _) ? name : throw new FormatException(text);
}
