using CleanUsers.Application.Ports;
using CleanUsers.Application.Users;
using CleanUsers.Domain.Users;
using CsCheck;

namespace CleanUsers.Application.Tests;

public sealed class UserCursorTests
{
    private static readonly Gen<UserFilter> Filters = Gen.Select(
        Gen.OneOf(null, "a@example.org", "b@example.org"),
        Gen.Enum<UserStatus>().Nullable(),
        Gen.Enum<UserRole>().Nullable(),
        Gen.Date.Nullable(),
        Gen.Date.Nullable(),
        Gen.OneOf<IReadOnlyList<string>?>(null, ["ada"], ["ada", "l"])).Select((email, status, role, from, before, words) =>
            new UserFilter(email, status, role, from, before, words));

    private static readonly Gen<UserQuery> Queries = Gen.Select(Gen.Bool, Gen.Enum<UserSortKey>(), Gen.Bool, Filters).Select(
        (deleted, key, descending, filter) => new UserQuery(deleted, filter, new UserSort(key, descending), 10, After: null));

    private static readonly Gen<User> Users = Gen.Select(Gen.String[1, 20], Gen.DateTime, Gen.DateTime).Select((name, created, updated) =>
    {
        _ = UserName.TryParse(name, out var parsed, out _);
        var user = User.Create(
            new UserDetails(UserInput.ParseEmail("a@example.org"), parsed, null, UserRole.User, UserStatus.Active), Cut(created), "eve");
        user.Delete(Cut(updated), "eve");
        return user;
    });

    [Fact]
    public void A_cursor_leads_back_to_the_user_that_it_was_made_of() => Gen.Select(Users, Queries).Sample((user, query) =>
    {
        Assert.True(UserCursor.TryDecode(UserCursor.Encode(user, query), query, out var position));
        Assert.Equal(user.Id, position.Id);
        var (text, instant) = query.Sort.Key switch
        {
            UserSortKey.Id => ("", default),
            UserSortKey.Email => (user.EmailKey, default),
            UserSortKey.Name => (user.SortName, default),
            UserSortKey.CreatedAt => ("", user.CreatedAt),
            UserSortKey.UpdatedAt => ("", user.UpdatedAt),
            UserSortKey.DeletedAt => ("", user.DeletedAt!.Value),
        };
        Assert.Equal((text, instant), (position.Text, position.Instant));
    });

    [Fact]
    public void A_cursor_with_any_character_changed_added_or_taken_away_is_refused() =>
        Gen.Select(Users, Queries, Gen.Int[0, 1000], Gen.Char["ABab01-_=+/ é"]).Sample((user, query, place, letter) =>
        {
            var cursor = UserCursor.Encode(user, query);
            var at = place % cursor.Length;
            string[] edited = [cursor[..at] + letter + cursor[(at + 1)..], cursor[..at] + letter + cursor[at..], cursor[..at] + cursor[(at + 1)..]];
            foreach (var text in edited.Where(text => text != cursor)) Assert.False(UserCursor.TryDecode(text, query, out _), text);
        });

    [Fact]
    public void A_cursor_of_another_query_is_refused() => Gen.Select(Users, Queries, Queries).Sample((user, one, other) =>
    {
        var cursor = UserCursor.Encode(user, one);
        UserQuery[] others =
        [
            other,
            one with { Deleted = other.Deleted },
            one with { Sort = other.Sort },
            one with { Filter = one.Filter with { EmailKey = other.Filter.EmailKey } },
            one with { Filter = one.Filter with { Status = other.Filter.Status } },
            one with { Filter = one.Filter with { Role = other.Filter.Role } },
            one with { Filter = one.Filter with { CreatedFrom = other.Filter.CreatedFrom } },
            one with { Filter = one.Filter with { CreatedBefore = other.Filter.CreatedBefore } },
            one with { Filter = one.Filter with { Words = other.Filter.Words } },
        ];
        foreach (var query in others) Assert.Equal(query == one, UserCursor.TryDecode(cursor, query, out _));
    });

    [Fact]
    public void No_text_throws() => Gen.Select(Gen.String, Queries).Sample((text, query) => Assert.False(UserCursor.TryDecode(text, query, out _)));

    private static DateTimeOffset Cut(DateTime time) =>
        DateTimeOffset.FromUnixTimeMilliseconds(new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)).ToUnixTimeMilliseconds());
}
