using CleanUsers.Domain.Users;

namespace CleanUsers.Domain.Tests;

public sealed class UserTests
{
    private static readonly DateTimeOffset Then = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Now = Then.AddDays(1);

    [Fact]
    public void New_user_has_version_1_and_equal_times()
    {
        var user = Ada();
        Assert.Equal((1, Then, Then, "eve", "eve"), (user.Version, user.CreatedAt, user.UpdatedAt, user.CreatedBy, user.UpdatedBy));
        Assert.False(user.IsDeleted);
    }

    [Fact]
    public void Change_increments_the_version_and_records_time_and_caller()
    {
        var user = Ada();
        Assert.True(user.Replace(user.Details with { Age = 37, Role = UserRole.Admin }, Now, "bob"));
        Assert.Equal((2, Now, "bob", Then, "eve"), (user.Version, user.UpdatedAt, user.UpdatedBy, user.CreatedAt, user.CreatedBy));
        Assert.Equal((37, UserRole.Admin, "Ada"), (user.Age, user.Role, user.Name));
    }

    [Fact]
    public void Change_by_a_clock_that_is_behind_is_not_before_the_change_before_it()
    {
        var user = Ada();
        user.Replace(user.Details with { Age = 37 }, Then.AddDays(-1), "bob");
        Assert.Equal(Then, user.UpdatedAt);
        user.Delete(Then.AddDays(-2), "bob");
        Assert.Equal(Then, user.UpdatedAt);
        user.Restore(Now, "bob");
        Assert.Equal(Now, user.UpdatedAt);
    }

    [Fact]
    public void Retention_time_of_an_imported_user_of_the_future_begins_with_its_deletion()
    {
        var user = User.Import(Details(), new(Then, "eve", Then.AddYears(70), "eve", Version: 1));
        user.Delete(Now, "bob");
        Assert.Equal((Then.AddYears(70), Now), (user.UpdatedAt, user.DeletedAt));
    }

    [Fact]
    public void Change_without_effect_leaves_everything()
    {
        var user = Ada();
        Assert.False(user.Replace(user.Details with { Age = 36, Name = Name("Ada") }, Now, "bob"));
        Assert.False(user.Replace(Details(), Now, "bob"));
        Assert.Equal((1, Then, "eve"), (user.Version, user.UpdatedAt, user.UpdatedBy));
    }

    [Fact]
    public void Another_spelling_of_the_same_address_counts_as_a_change()
    {
        var user = Ada();
        Assert.True(user.Replace(user.Details with { Email = Email("ADA@example.org") }, Now, "bob"));
        Assert.Equal(("ADA@example.org", "ada@example.org"), (user.Email, user.EmailKey));
    }

    [Fact]
    public void Replace_clears_members_that_the_new_state_lacks()
    {
        var user = Ada();
        Assert.True(user.Replace(Details() with { Name = null, Age = null }, Now, "bob"));
        Assert.Equal((null, "", null), (user.Name, user.SortName, user.Age));
    }

    [Fact]
    public void Record_of_a_change_has_its_kind_and_all_of_the_user_that_it_shares_with_it()
    {
        var user = Ada();
        AssertRecords(UserChangeKind.Created, user);
        user.Replace(user.Details with { Name = null, Role = UserRole.Admin, Status = UserStatus.Inactive }, Now, "bob");
        AssertRecords(UserChangeKind.Updated, user);
        user.Delete(Now, "carol");
        AssertRecords(UserChangeKind.Deleted, user);
        user.Delete(Now, "dave");
        AssertRecords(UserChangeKind.Deleted, user);
        user.Restore(Now.AddDays(1), "erin", Email("eve@example.org"));
        AssertRecords(UserChangeKind.Restored, user);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(151)]
    public void Age_out_of_range_throws(int age)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => User.Create(Details() with { Age = age }, Now, "eve"));
        Assert.Throws<ArgumentOutOfRangeException>(() => Ada().Replace(Ada().Details with { Age = age }, Now, "eve"));
    }

    [Fact]
    public void Delete_keeps_all_values_and_records_time_and_caller()
    {
        var user = Ada();
        Assert.True(user.Delete(Now, "bob"));
        Assert.Equal((true, Now, "bob", 2), (user.IsDeleted, user.DeletedAt, user.DeletedBy, user.Version));
        Assert.Equal(("ada@example.org", "Ada", 36), (user.Email, user.Name, user.Age));
    }

    [Fact]
    public void Second_delete_changes_nothing()
    {
        var user = Ada();
        user.Delete(Now, "bob");
        Assert.False(user.Delete(Now.AddDays(1), "eve"));
        Assert.Equal((2, Now, "bob"), (user.Version, user.DeletedAt, user.DeletedBy));
    }

    [Fact]
    public void Change_of_a_deleted_user_throws()
    {
        var user = Ada();
        user.Delete(Now, "bob");
        Assert.Throws<InvalidOperationException>(() => user.Replace(user.Details with { Age = 1 }, Now, "bob"));
        Assert.Throws<InvalidOperationException>(() => user.Replace(Details(), Now, "bob"));
    }

    [Fact]
    public void Restore_takes_the_user_out_of_the_recycle_bin_with_its_email()
    {
        var user = Ada();
        user.Delete(Now, "bob");
        Assert.True(user.Restore(Now.AddDays(1), "eve"));
        Assert.Equal((false, null, null, 3, "ada@example.org"), (user.IsDeleted, user.DeletedAt, user.DeletedBy, user.Version, user.Email));
    }

    [Fact]
    public void Restore_can_set_another_email()
    {
        var user = Ada();
        user.Delete(Now, "bob");
        Assert.True(user.Restore(Now, "eve", Email("new@example.org")));
        Assert.Equal(("new@example.org", "new@example.org"), (user.Email, user.EmailKey));
    }

    [Fact]
    public void Restore_of_a_user_outside_the_recycle_bin_changes_nothing()
    {
        var user = Ada();
        Assert.False(user.Restore(Now, "eve", Email("new@example.org")));
        Assert.Equal((1, "ada@example.org"), (user.Version, user.Email));
    }

    [Fact]
    public void Purge_of_a_deleted_user_is_its_last_change()
    {
        var user = Ada();
        user.Delete(Now, "bob");
        Assert.True(user.Purge(Now.AddDays(1), "eve"));
        Assert.Equal((3, Now.AddDays(1), "eve", UserChangeKind.Purged), (user.Version, user.UpdatedAt, user.UpdatedBy, user.LastChange));
    }

    [Fact]
    public void Purge_of_a_user_outside_the_recycle_bin_changes_nothing()
    {
        var user = Ada();
        Assert.False(user.Purge(Now, "eve"));
        Assert.Equal((1, UserChangeKind.Created), (user.Version, user.LastChange));
    }

    [Fact]
    public void Record_of_a_purge_has_nothing_of_the_user()
    {
        var user = Ada();
        user.Delete(Now, "bob");
        user.Purge(Now.AddDays(1), "eve");
        var change = UserChange.Of(user);
        Assert.Equal((3, UserChangeKind.Purged, Now.AddDays(1), "eve"), (change.Version, change.Kind, change.UpdatedAt, change.UpdatedBy));
        string[] ofTheChange =
            [nameof(change.UserId), nameof(change.Version), nameof(change.Kind), nameof(change.UpdatedAt), nameof(change.UpdatedBy)];
        Assert.All(
            typeof(UserChange).GetProperties().Where(member => !ofTheChange.Contains(member.Name)), member => Assert.Null(member.GetValue(change)));
    }

    [Fact]
    public void User_that_was_not_changed_has_no_change_to_record() =>
        Assert.Throws<ArgumentException>(() => UserChange.Of((User)Activator.CreateInstance(typeof(User), nonPublic: true)!));

    private static void AssertRecords(UserChangeKind kind, User user)
    {
        var change = UserChange.Of(user);
        Assert.Equal(kind, change.Kind);
        Assert.Equal(user.Id, change.UserId);
        var members = typeof(UserChange).GetProperties().Where(member => member.Name is not (nameof(change.Kind) or nameof(change.UserId))).ToList();
        var details = typeof(UserDetails).GetProperties().Select(member => member.Name);
        Assert.Superset(details.ToHashSet(), members.Select(member => member.Name).ToHashSet());
        Assert.All(members, member => Assert.Equal(typeof(User).GetProperty(member.Name)!.GetValue(user), member.GetValue(change)));
    }

    private static User Ada() => User.Create(Details(), Then, "eve");

    private static UserDetails Details() => new(Email("ada@example.org"), Name("Ada"), 36, UserRole.User, UserStatus.Active);

    private static EmailAddress Email(string text) => EmailAddress.TryParse(text, out var address, out _) ? address : throw new FormatException(text);

    private static UserName Name(string text) => UserName.TryParse(text, out var name, out _) ? name : throw new FormatException(text);
}
