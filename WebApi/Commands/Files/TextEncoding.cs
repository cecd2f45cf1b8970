namespace CleanUsers.WebApi.Commands.Files;

/// <summary>
/// The encoding that a text begins with. Spreadsheets save "Unicode text" as UTF-16, and so does Windows PowerShell's <c>&gt;</c>. Without a
/// byte order mark, the NULs among the first four bytes show the encoding, since texts of JSON and CSV begin with two ASCII characters (RFC 4627
/// section 3).
/// </summary>
/// <param name="MarkLength">Length in bytes of a byte order mark of UTF-8.</param>
/// <param name="Rejection">Why the text can't be read; null if it may be UTF-8.</param>
internal readonly record struct TextEncoding(int MarkLength, string? Rejection)
{
    /// <summary>How many bytes are examined.</summary>
    public const int StartLength = 4;

    public static TextEncoding Of(ReadOnlySpan<byte> start) => start switch
    {
        [0xEF, 0xBB, 0xBF, ..] => new(3, null),
        [0xFF, 0xFE, 0x00, 0x00] => Marked("UTF-32", "FF FE 00 00"),
        [0x00, 0x00, 0xFE, 0xFF] => Marked("UTF-32", "00 00 FE FF"),
        [0xFF, 0xFE, ..] => Marked("UTF-16", "FF FE"),
        [0xFE, 0xFF, ..] => Marked("UTF-16", "FE FF"),
        [not 0, 0, 0, 0] or [0, 0, 0, not 0] => Unmarked("UTF-32", "three of four"),
        [not 0, 0, not 0, 0] or [0, not 0, 0, not 0] => Unmarked("UTF-16", "every other one"),
        _ => new(0, null),
    };

    private static TextEncoding Marked(string name, string mark) =>
        new(0, $"The file is in {name} (it starts with the byte order mark {mark}). Save it as UTF-8.");

    private static TextEncoding Unmarked(string name, string which) =>
        new(0, $"The file is in {name} (of its first four bytes, {which} is NUL). Save it as UTF-8.");
}
