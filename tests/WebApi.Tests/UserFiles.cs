using System.Text;
using CleanUsers.Application;
using CleanUsers.Application.Transfer;
using CleanUsers.Domain.Users;
using CleanUsers.WebApi.Commands.Files;
using CleanUsers.WebApi.Http.Responses;
using CsCheck;

namespace CleanUsers.WebApi.Tests;

/// <summary>Users as lines of JSON and as CSV, written and read.</summary>
public sealed class UserFiles
{
    private static readonly DateTimeOffset Then = new(2026, 1, 1, 12, 0, 0, 123, TimeSpan.Zero);

    private const string Times = "\"createdAt\":\"2026-01-01T12:00:00.123Z\",\"updatedAt\":\"2026-01-01T12:00:00.123Z\"";

    private const string ByEve = "\"createdBy\":\"eve\"";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task NDJSON_has_the_members_of_HTTP_and_the_callers() => Assert.Equal(
        $$"""
        {"id":7,"email":"ada@example.org","name":"Ünï","age":36,"role":"Admin","status":"Active",{{Times}},"version":3,{{ByEve}},"updatedBy":"bob"}
        {"id":8,"email":"b@example.org","name":null,"age":null,"role":"User","status":"Inactive",{{Times}},"version":1,{{ByEve}},"updatedBy":"eve"}

        """,
        await WriteAsync(new NdjsonFile(), Ada, Bob));

    [Fact]
    public async Task CSV_has_the_same_members_as_columns() => Assert.Equal(
        """
        id,email,name,age,role,status,createdAt,updatedAt,version,createdBy,updatedBy
        7,ada@example.org,Ünï,36,Admin,Active,2026-01-01T12:00:00.123Z,2026-01-01T12:00:00.123Z,3,eve,bob
        8,b@example.org,,,User,Inactive,2026-01-01T12:00:00.123Z,2026-01-01T12:00:00.123Z,1,eve,eve

        """.ReplaceLineEndings("\r\n"),
        await WriteAsync(new CsvFile(), Ada, Bob));

    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("\r=1", "'\r=1")]
    [InlineData("'=1", "''=1")]
    [InlineData("''@", "'''@")]
    [InlineData("'t Hart", "'t Hart")]
    [InlineData("a=1", "a=1")]
    [InlineData("'", "'")]
    [InlineData("", "")]
    public void CSV_cell_with_a_formula_is_written_as_text_and_read_back_unchanged(string text, string cell)
    {
        Assert.Equal(cell, CsvCell.Defuse(text));
        Assert.Equal(text, CsvCell.Restore(cell));
    }

    [Fact]
    public void Every_CSV_text_is_read_back_unchanged_and_none_is_a_formula() => Gen.String[Gen.Char["'=+-@\t\ra,\"\n "]].Sample(text =>
        CsvCell.Restore(CsvCell.Defuse(text)) == text && CsvCell.Defuse(text) is not ['=' or '+' or '-' or '@' or '\t' or '\r', ..]);

    [Theory]
    [InlineData(UserFile.Ndjson)]
    [InlineData(UserFile.Csv)]
    public async Task Written_users_are_read_back_unchanged(string format) => await Gen.Select(
        Gen.String[Gen.Char["'=+-@a,\"; ünï漢"], 1, 20].Where(text => text.Trim().Length > 0), Gen.Int[0, 150].Nullable(),
        Gen.Long[1, ImportedUser.MaxVersion])
        .SampleAsync(async sample =>
        {
            var (name, age, version) = sample;
            var user = Ada with { Name = name, Age = age, Version = version, CreatedBy = name };
            var line = Assert.Single(await ReadAsync(format, await WriteAsync(UserFile.Of(format, null), user), whole: true));
            Assert.Empty(line.Errors);
            Assert.Equal(
                $"ada@example.org|{name.Trim()}|{age}|Admin|Active|2026-01-01T12:00:00.123Z|{name}|2026-01-01T12:00:00.123Z|bob|{version}",
                Describe(line.User));
        }, iter: 200);

    [Theory]
    [InlineData(UserFile.Ndjson, """{"email":"a@example.org"}""")]
    [InlineData(UserFile.Csv, "email\na@example.org")]
    [InlineData(UserFile.Csv, "email,name,role,status\r\na@example.org,,,\r\n")]
    public async Task Missing_members_get_the_defaults_of_POST_or_are_required_as_in_PUT(string format, string text)
    {
        Assert.Equal("a@example.org|||User|Active|||||", Describe(Assert.Single(await ReadAsync(format, text)).User));
        Assert.Equal("a@example.org|||required|required|||||", Describe(Assert.Single(await ReadAsync(format, text, whole: true)).User));
    }

    [Theory]
    [InlineData("""{"email":"a@example.org","emial":1}""", "emial unknown-member")]
    [InlineData(
        """{"email":1,"name":[],"age":"x","role":true,"status":{},"version":"1"}""", "email wrong-type", "name wrong-type", "age wrong-type",
        "role wrong-type", "status wrong-type", "version wrong-type")]
    [InlineData("""{"email":"a@example.org","email":"b@example.org"}""", "email duplicate-member")]
    [InlineData("""{"email":"\ud800"}""", "email invalid-text")]
    [InlineData("""{"email":"a@example.org","id":"anything"}""")]
    [InlineData("""["email"]""", " wrong-type")]
    [InlineData("""{"email":"a@example.org"}{}""", " invalid-json")]
    [InlineData("""{"email":""", " invalid-json")]
    public async Task NDJSON_line_is_checked_as_strictly_as_a_body(string text, params string[] errors) => Assert.Equal(
        errors, Assert.Single(await ReadAsync(UserFile.Ndjson, text)).Errors.Select(error => $"{error.Identifier} {error.ErrorCode}"));

    [Fact]
    public async Task NDJSON_lines_are_counted_as_editors_do()
    {
        var lines = await ReadAsync(UserFile.Ndjson, "\uFEFF{\"email\":\"a@example.org\"}\r\n\r\n   \nx\n{\"email\":\"b@example.org\"}");
        Assert.Equal(
            [(1, "a@example.org", 0), (4, null, 1), (5, "b@example.org", 0)], lines.Select(line => (line.Number, Email(line), line.Errors.Count)));
    }

    [Theory]
    [InlineData("\uFEFF")]
    [InlineData("\uFEFF\n")]
    [InlineData("\t")]
    [InlineData("\n \n\t\r\n\r\r\n \t \r")]
    [InlineData("\uFEFF \t\r\n")]
    public async Task NDJSON_lines_of_white_space_are_ignored(string text)
    {
        Assert.Empty(await ReadAsync(UserFile.Ndjson, text));
        Assert.Equal("a@example.org", Email(Assert.Single(await ReadAsync(UserFile.Ndjson, $"{text}\n{{\"email\":\"a@example.org\"}}\t"))));
    }

    [Theory]
    [InlineData("\v")]
    [InlineData("\f")]
    [InlineData("\u00A0")]
    [InlineData("\uFEFF")] // a byte order mark only at the start of the file; this file consists of two
    public async Task White_space_outside_the_JSON_grammar_is_an_error(string text)
    {
        var line = Assert.Single(await ReadAsync(UserFile.Ndjson, $"\n{text}"));
        Assert.Equal((2, "invalid-json"), (line.Number, Assert.Single(line.Errors).ErrorCode));
    }

    [Fact]
    public async Task Byte_order_mark_in_the_middle_is_an_error_of_its_line_only()
    {
        const string user = "{\"email\":\"a@example.org\"}\n";
        var lines = await ReadAsync(UserFile.Ndjson, $"\uFEFF{user}\uFEFF{user}{user}");
        Assert.Equal(
            [null, "A byte order mark may stand only at the start of the file.", null],
            lines.Select(line => line.Errors.SingleOrDefault()?.ErrorMessage));
    }

    public static TheoryData<string, string, string> OtherEncodings()
    {
        var rows = new TheoryData<string, string, string>();
        foreach (var (format, text) in ((string, string)[])[
            (UserFile.Ndjson, "{\"email\":\"a@example.org\",\"name\":\"漢\"}\n"),
            (UserFile.Csv, "email,name\r\na@example.org,漢\r\n"),
            (UserFile.Csv, "\r\nemail\r\n")])
        {
            foreach (var (encoding, mark, nuls) in ((string, string, string)[])[
                ("utf-16LE", "FF FE", "every other one"), ("utf-16BE", "FE FF", "every other one"),
                ("utf-32LE", "FF FE 00 00", "three of four"), ("utf-32BE", "00 00 FE FF", "three of four")])
            {
                var hex = Convert.ToHexString(Encoding.GetEncoding(encoding).GetBytes(text));
                var name = encoding[..6].ToUpperInvariant();
                rows.Add(
                    format, mark.Replace(" ", "", StringComparison.Ordinal) + hex,
                    $"The file is in {name} (it starts with the byte order mark {mark}). Save it as UTF-8.");
                rows.Add(format, hex, $"The file is in {name} (of its first four bytes, {nuls} is NUL). Save it as UTF-8.");
            }
        }

        rows.Add(UserFile.Csv, "FFFE", "The file is in UTF-16 (it starts with the byte order mark FF FE). Save it as UTF-8.");
        return rows;
    }

    [Theory]
    [MemberData(nameof(OtherEncodings))]
    public async Task File_in_another_encoding_is_rejected_with_the_name_of_the_encoding(string format, string hex, string detail)
    {
        var line = Assert.Single(await ReadAsync(format, Convert.FromHexString(hex)));
        var error = Assert.Single(line.Errors);
        Assert.Equal((1, null, "", "wrong-encoding", detail), (line.Number, line.User, error.Identifier, error.ErrorCode, error.ErrorMessage));
    }

    [Theory]
    [InlineData(UserFile.MaxLength)]
    [InlineData(10 * UserFile.MaxLength)]
    public async Task NDJSON_line_over_the_limit_is_rejected_and_the_next_one_read(int length)
    {
        var lines = await ReadAsync(
            UserFile.Ndjson, $"{{\"name\":\"{new string('x', length)}\"}}\n{{\"email\":\"b@example.org\"}}\n{new string(' ', length + 1)}");
        Assert.Equal([(1, "too-long"), (2, null), (3, "too-long")], lines.Select(line => (line.Number, line.Errors.SingleOrDefault()?.ErrorCode)));
    }

    [Fact]
    public async Task Invalid_UTF_8_is_an_error_of_its_line_only()
    {
        byte[] bytes = [.. "{\"email\":\"a"u8, 0xFF, .. "@example.org\"}\n{\"email\":\"b@example.org\"}"u8];
        Assert.Equal(["invalid-utf-8", null], (await ReadAsync(UserFile.Ndjson, bytes)).Select(line => line.Errors.SingleOrDefault()?.ErrorCode));
        bytes = [.. "name,email\nx"u8, 0xFF, .. ",a@example.org\nb,b@example.org"u8];
        Assert.Equal(["name invalid-utf-8", null], (await ReadAsync(UserFile.Csv, bytes)).Select(line =>
            line.Errors.SingleOrDefault() is { } error ? $"{error.Identifier} {error.ErrorCode}" : null));
    }

    [Fact]
    public async Task CSV_columns_may_have_any_order_with_or_without_a_byte_order_mark()
    {
        foreach (var mark in (string[])["", "\uFEFF"])
        {
            var line = Assert.Single(
                await ReadAsync(UserFile.Csv, $"{mark}age,\"email\",name\r\n36,\"a@example.org\",\"Jan \"\"'t\"\" Hart, Sr.\"\r\n"));
            Assert.Equal((2, "a@example.org|Jan \"'t\" Hart, Sr.|36|User|Active|||||"), (line.Number, Describe(line.User)));
        }
    }

    [Fact]
    public async Task Malformed_CSV_line_is_an_error_of_its_line_only()
    {
        var lines = await ReadAsync(
            UserFile.Csv,
            "email,name,age\na@example.org,\"x\n\nb@example.org,y\"z,1\nc@example.org\nd@example.org,d,x\ne@example.org,e,1,2\nf@example.org,f,1\n");
        Assert.Equal(
            [(2, "invalid-csv"), (4, "invalid-csv"), (5, "wrong-number-of-cells"), (6, "wrong-type"), (7, "wrong-number-of-cells"), (8, null)],
            lines.Select(line => (line.Number, line.Errors.SingleOrDefault()?.ErrorCode)));
    }

    [Fact]
    public async Task CSV_line_over_the_limit_ends_the_reading()
    {
        var lines = await ReadAsync(UserFile.Csv, $"email\na@example.org\n{new string('x', 10 * UserFile.MaxLength)}\nb@example.org\n");
        Assert.Equal([(2, null), (3, "too-long")], lines.Select(line => (line.Number, line.Errors.SingleOrDefault()?.ErrorCode)));
    }

    [Theory]
    [InlineData("id;email\n", "unknown-column")]
    [InlineData("id;email\n1;a@example.org\n", "unknown-column")]
    [InlineData("email,emial\na,b\n", "unknown-column")]
    [InlineData("email,email\na,b\n", "duplicate-column")]
    [InlineData("name\na\n", "required")]
    public async Task CSV_with_an_invalid_header_is_rejected(string text, string code)
    {
        var line = Assert.Single(await ReadAsync(UserFile.Csv, text));
        Assert.Equal((1, code), (line.Number, Assert.Single(line.Errors).ErrorCode));
    }

    [Theory]
    [InlineData(UserFile.Ndjson, "")]
    [InlineData(UserFile.Csv, "")]
    [InlineData(UserFile.Csv, "\uFEFF")]
    [InlineData(UserFile.Csv, "\uFEFF\r\n\n")]
    [InlineData(UserFile.Csv, "email\n")]
    public async Task File_without_users_is_accepted(string format, string text) => Assert.Empty(await ReadAsync(format, text));

    [Theory]
    [InlineData(null, null, UserFile.Ndjson)]
    [InlineData(null, "users.CSV", UserFile.Csv)]
    [InlineData(null, "users.txt", UserFile.Ndjson)]
    [InlineData(UserFile.Ndjson, "users.csv", UserFile.Ndjson)]
    public void Format_is_the_given_one_or_that_of_the_file_extension(string? format, string? path, string expected) =>
        Assert.Equal(expected == UserFile.Csv, UserFile.Of(format, path) is CsvFile);

    private static ExportedUser Ada { get; } = new(7, "ada@example.org", "Ünï", 36, UserRole.Admin, UserStatus.Active, Then, Then, 3, "eve", "bob");

    private static ExportedUser Bob { get; } = new(8, "b@example.org", null, null, UserRole.User, UserStatus.Inactive, Then, Then, 1, "eve", "eve");

    private static async Task<string> WriteAsync(UserFile file, params ExportedUser[] users)
    {
        using var stream = new MemoryStream();
        await file.WriteAsync(users.ToAsyncEnumerable(), stream, Ct);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static Task<List<ImportLine>> ReadAsync(string format, string text, bool whole = false) =>
        ReadAsync(format, Encoding.UTF8.GetBytes(text), whole);

    private static async Task<List<ImportLine>> ReadAsync(string format, byte[] bytes, bool whole = false)
    {
        using var stream = new MemoryStream(bytes);
        return await UserFile.Of(format, null).ReadAsync(stream, whole, Ct).Where(line => line != ImportLine.Blank).ToListAsync(Ct);
    }

    private static string? Email(ImportLine line) => line.User?.User.Email.Value.Value;

    /// <summary>The values of a line, and the codes of those that were rejected.</summary>
    private static string Describe(ImportedUser? line)
    {
        var user = line!.User;
        return string.Join(
            '|', Text(user.Email), Text(user.Name), Text(user.Age), Text(user.Role), Text(user.Status), Time(line.CreatedAt), Text(line.CreatedBy),
            Time(line.UpdatedAt), Text(line.UpdatedBy), Text(line.Version));

        static string Text<T>(Parsed<T> member) => member.Error?.Code ?? member.Value?.ToString() ?? "";

        static string Time(Parsed<DateTimeOffset?> member) => member.Error?.Code ?? (member.Value is { } time ? WireJson.Instant(time) : "");
    }
}
