using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CleanUsers.Application.Ports;
using CleanUsers.Application.Users;
using CleanUsers.Domain;
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

    private static readonly Gen<ListedUser> Users = Gen.Select(
        Gen.String[1, 20], Gen.DateTime, Gen.DateTime, Gen.Long[1, long.MaxValue]).Select((sortText, created, updated, id) => new ListedUser(
            new UserDto(id, "a@example.org", null, null, UserRole.User, UserStatus.Active, Cut(created), Cut(updated), 2), Cut(updated),
            UserName.TryParse(sortText, out var name, out _) ? name.Value : "a@example.org"));

    // the parts of a position, and texts that look like them
    private static readonly Gen<string> Places = Gen.OneOf(
        "0", "1", "9", "-", "+", ".", ":", " ", "e", "\0", "\n", "\u0085", "\u202E", "\u0661", "\uFF11", "\u00E9", "\U0001F680", "@", "",
        "9223372036854775807",
        "9223372036854775808", "62135596800000", "253402300799999", new string('a', 254)).Array[0, 6].Select(string.Concat);

    [Fact]
    public void Cursor_decodes_to_the_position_it_was_made_from() => Gen.Select(Users, Queries).Sample((user, query) =>
    {
        Assert.True(TryDecode(UserCursor.Encode(user, query), query, out var position));
        Assert.Equal(user.User.Id, position.Id);
        var (text, instant) = query.Sort.Key switch
        {
            UserSortKey.Id => ("", default),
            UserSortKey.Email or UserSortKey.Name => (user.SortText, default),
            UserSortKey.CreatedAt => ("", user.User.CreatedAt),
            UserSortKey.UpdatedAt => ("", user.User.UpdatedAt),
            UserSortKey.DeletedAt => ("", user.DeletedAt!.Value),
        };
        Assert.Equal((text, instant), (position.Text, position.Instant));
    });

    [Fact]
    public void Cursor_with_any_character_changed_added_or_removed_is_rejected() =>
        Gen.Select(Users, Queries, Gen.Int[0, 1000], Gen.Char["ABab01-_=+/ é"]).Sample((user, query, place, letter) =>
        {
            var cursor = UserCursor.Encode(user, query);
            var at = place % cursor.Length;
            string[] edited = [cursor[..at] + letter + cursor[(at + 1)..], cursor[..at] + letter + cursor[at..], cursor[..at] + cursor[(at + 1)..]];
            foreach (var text in edited.Where(text => text != cursor)) Assert.False(TryDecode(text, query, out _), text);
        });

    [Fact]
    public void Cursor_of_another_query_is_rejected() => Gen.Select(Users, Queries, Queries).Sample((user, one, other) =>
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
        foreach (var query in others) Assert.Equal(query == one, TryDecode(cursor, query, out _));
    });

    /// <summary>Positions that a client makes up, with the right digest.</summary>
    [Fact]
    public void Accepted_position_is_in_its_only_spelling()
    {
        var accepted = 0;
        Gen.Select(Places, Queries).Sample(
            (written, query) =>
            {
                var isAccepted = TryDecode(Forged(Encoding.UTF8.GetBytes(written), query), query, out var position);
                Assert.Equal(isAccepted, position is not null);
                Assert.True(position is null || (position.Id > 0 && written.IsPlainLine() && Spelled(position, query) == written), written);
                Interlocked.Add(ref accepted, isAccepted ? 1 : 0);
            },
            iter: 20_000);
        Assert.NotEqual(0, accepted);
    }

    [Fact]
    public void Position_that_is_not_UTF8_is_rejected() => Gen.Select(Gen.Byte.Array[0, 6], Queries).Sample((bytes, query) =>
    {
        byte[] written = [.. "1:"u8, .. bytes, 0xC3];
        Assert.False(TryDecode(Forged(written, query), query, out _));
    });

    [Fact]
    public void No_text_throws() => Gen.Select(Gen.String, Queries).Sample((text, query) => Assert.False(TryDecode(text, query, out _)));

    private static string Spelled(UserPosition position, UserQuery query)
    {
        var value = query.Sort.Key switch
        {
            UserSortKey.Id => "",
            UserSortKey.Email or UserSortKey.Name => position.Text,
            UserSortKey.CreatedAt or UserSortKey.UpdatedAt or UserSortKey.DeletedAt =>
                position.Instant.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{position.Id}:{value}");
    }

    private static string Forged(byte[] place, UserQuery query)
    {
        var digest = SHA256.HashData([.. Encoding.UTF8.GetBytes(UserCursor.QueryFingerprint(query)), .. place])[..8];
        return Base64Url.EncodeToString([.. digest, .. place]);
    }

    private static DateTimeOffset Cut(DateTime time) =>
        DateTimeOffset.FromUnixTimeMilliseconds(new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)).ToUnixTimeMilliseconds());

    private static bool TryDecode(string text, UserQuery query, [NotNullWhen(true)] out UserPosition? position)
    {
        position = null;
        return Cursor.Parse(text) is { Error: null, Value: { } cursor } && UserCursor.TryRead(cursor, query, out position);
    }
}
