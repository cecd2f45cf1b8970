using System.Text;

namespace CleanUsers.WebApi.Tests;

/// <summary>A client can compute a cursor with the right digest: then only the check of its position rejects it.</summary>
public abstract class ForgedCursors(Service service)
{
    private static readonly string[] BrokenIds =
    [
        "", "x", "0", "-0", "-1", "+1", "01", "1.0", "1.5", "1e3", "0x1", "1_0", "1,0", " 1", "1 ", "1\n", "1\0", "\0",
        "\uFF11", "\u0661", "9223372036854775808", "99999999999999999999999",
    ];

    private static readonly string[] SoundIds = ["1", "50", "9223372036854775807"];

    private static readonly string[] BrokenInstants =
    [
        "", "x", "-0", "+1", "01", "-01", "1.0", "1e3", " 1", "1 ", "1\n", "1\0", "1:2", "\uFF11",
        "2026-01-01T00:00:00Z", "-62135596800001", "253402300800000", "9223372036854775808",
    ];

    private static readonly string[] SoundInstants = ["0", "-1", "1767225600000", "-62135596800000", "253402300799999"];

    // bytes as Latin-1 that are not UTF-8: truncated, overlong, half of a surrogate pair, beyond U+10FFFF
    private static readonly string[] BrokenBytes =
        ["\u00C3", "a\u00E2\u0082", "\u00C0\u0080", "\u00ED\u00A0\u0080", "\u00ED\u00B0\u0080", "\u00F4\u0090\u0080\u0080", "\u00FF", "\u00FE"];

    private static readonly string[] BrokenTexts =
    [
        "\0", "a\0b", "a\0", "\u0001", "\t", "a\n", "\u001F", "\u007F", "\u0085", "\u2028", "\u2029", "\u202Ea", "a\u2066", "\uFFFE",
        new('a', 401), new('\u00E9', 401),
    ];

    private readonly Service _service = service.Present();

    [Fact]
    public async Task Position_that_is_not_in_its_only_spelling_is_400()
    {
        var user = await _service.CreateAsync("forged@cursors.example");
        var accepted = new List<string>();
        var sent = 0;
        foreach (var (list, cursor, broken, _) in Lists(user))
        {
            foreach (var place in broken)
            {
                var response = await _service.GetAsync($"{list}cursor={cursor(place)}");
                sent++;
                if (response.Status != 400 || !response.Errors().SequenceEqual(["parameter cursor invalid-cursor"]))
                    accepted.Add(
                        $"{list} '{Uri.EscapeDataString(Encoding.Latin1.GetString(place))[..Math.Min(40, place.Length)]}': {response.Status}");
            }
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"{sent} forged cursors");
        Assert.True(accepted.Count == 0, $"{accepted.Count} of {sent}:\n{string.Join('\n', accepted)}");
    }

    /// <summary>Shows that the digests are right, so that the test above can fail only because of the position.</summary>
    [Fact]
    public async Task Position_in_its_only_spelling_is_200()
    {
        var user = await _service.CreateAsync("forged-well@cursors.example");
        foreach (var (list, cursor, _, sound) in Lists(user))
            foreach (var place in sound) (await _service.GetAsync($"{list}cursor={cursor(place)}")).Is(200);
    }

    private static IEnumerable<(string List, Func<byte[], string> Cursor, byte[][] Broken, byte[][] Sound)> Lists(long user)
    {
        foreach (var (path, deleted, sorts) in (IEnumerable<(string, bool, string[])>)
            [("users", false, CursorForgery.Sorts), ("deleted-users", true, CursorForgery.DeletedSorts)])
        {
            foreach (var key in sorts)
            {
                var sort = deleted ? "-" + key : key;
                var (broken, sound) = Values(key);
                yield return (
                    $"/api/v1/{path}?sort={sort}&",
                    place => CursorForgery.OfUsers(deleted, sort, place),
                    [
                        .. ((string[])["", ":", "1", "1;" + sound[0]]).Select(Bytes),
                        .. BrokenIds.Select(id => Bytes($"{id}:{sound[0]}")),
                        .. broken.Select(value => (byte[])[.. "1:"u8, .. value]),
                    ],
                    [.. SoundIds.Select(id => Bytes($"{id}:{sound[0]}")), .. sound.Select(value => Bytes($"1:{value}"))]);
            }
        }

        yield return (
            "/api/v1/changes?",
            CursorForgery.OfChanges,
            Broken([.. BrokenIds, .. BrokenIds.Select(id => $"{id}:1:1:1"), "1:", ":1", "1:1:1:1", "2"]),
            [Bytes("1")]);

        foreach (var list in (string[])["emails", "history"])
        {
            yield return (
                $"/api/v1/users/{user}/{list}?",
                place => CursorForgery.OfOneUser(list, $"{user}", place),
                Broken([.. BrokenIds, "1:", ":1", "1:1"]),
                [.. SoundIds.Select(Bytes)]);
        }
    }

    private static (byte[][] Broken, string[] Sound) Values(string sort) => sort switch
    {
        "id" => (Broken("x", " ", "1", ":", "\0", "\n"), [""]),
        "email" => (Broken(["", new string('a', 255), .. BrokenTexts]), ["a@b", "x", "\u00E9:@b", new string('a', 254)]),
        "name" => (Broken(BrokenTexts), ["", "Ada", "a:b", "\U0001F680", string.Concat(Enumerable.Repeat("\U0001F680", 200))]),
        _ => (Broken(BrokenInstants), SoundInstants),
    };

    private static byte[][] Broken(params string[] texts) => [.. texts.Select(Bytes), .. BrokenBytes.Select(Encoding.Latin1.GetBytes)];

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}

public sealed class ForgedCursorsOnSqlite(ServiceOnSqlite service) : ForgedCursors(service), IClassFixture<ServiceOnSqlite>;

public sealed class ForgedCursorsOnSqlServer(ServiceOnSqlServer service) : ForgedCursors(service), IClassFixture<ServiceOnSqlServer>;

public sealed class ForgedCursorsOnPostgreSql(ServiceOnPostgreSql service) : ForgedCursors(service), IClassFixture<ServiceOnPostgreSql>;
