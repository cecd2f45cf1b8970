using System.Text;
using System.Text.RegularExpressions;
using CleanUsers.Application.Ports;
using CleanUsers.Infrastructure.Emails;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;

namespace CleanUsers.Infrastructure.Tests;

/// <summary>Emails as bytes, for a mail server and as files: any name, subject and text is read back unchanged, and starts no other field.</summary>
public sealed partial class EmailMessages : IDisposable
{
    private const string Injection = "=?utf-8?Q?a=0D=0AX-Evil:_1=0D=0A=0D=0Abody?=";

    private static readonly string[] Fields =
        ["Content-Type", "Date", "From", "MIME-Version", "Message-Id", "Subject", "To"];

    private readonly string _folder = Directory.CreateTempSubdirectory("cleanusers-").FullName;

    public static TheoryData<string> Lines => [.. Hostile.Concat(Generated())];

    public static TheoryData<string> Texts =>
    [
        "Text", "\n", "a\rb\nc\r\nd\n\re", "\r\r\r", ".\n..\n.a\n", "From me\n.\nQUIT\r\n", new string('a', 20_000),
        string.Concat(Enumerable.Repeat("ab ", 6_666)),
        string.Concat(Enumerable.Repeat("🚀", 20_000)), new string('ü', 20_000),
        string.Concat(Enumerable.Repeat("Größe\r", 3_000)), "ends with a space \n \t\n",
        $"{new string('x', 78)}\n{new string('y', 79)}\n{new string('z', 998)}\n{new string('z', 999)}", "=?utf-8?Q?x?= = =3D =\n",
    ];

    private static IEnumerable<string> Hostile =>
    [
        "Ada", "a", "Ada Lovelace", "Grüße 👩‍🚀", "Dr. O'Brien, \"Eve\" <eve@example.org>", "two  spaces",
        "back\\slash", "(comment) name", "=", "=?", "?=", "a:b;",
        Injection, $"Ada {Injection} b", $"x{Injection}", $"\"{Injection}\"", $"ü {Injection}",
        "=?utf-8?B?DQpYLUV2aWw6IDE=?=", "=?utf-8?q?a?= =?utf-8?q?b?=", "=?iso-8859-1?q?a=0Ab?=",
        "=?utf-8?Q?=FF=00?=", "=?x?y?z?=", "=?utf-8?Q?unfinished", "Bcc: eve@example.org", "eve@example.org",
        "<eve@example.org>", "a, b <eve@example.org>, c",
        new string('x', 200), new string('ü', 200), string.Concat(Enumerable.Repeat("🚀", 200)),
        string.Join(' ', Enumerable.Repeat("word", 40)), string.Join(' ', Enumerable.Repeat("größer", 28)),
        $"{new string('a', 60)} {new string('b', 61)}", new string('"', 30),
        $"{new string('\\', 29)} {new string('"', 29)}", string.Concat(Enumerable.Repeat("=?", 100)),
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task Any_name_and_subject_is_read_back_unchanged_and_starts_no_header(string text)
    {
        foreach (var (way, message) in await WriteAsync(Email("ada@example.org", text, text, "Text")))
        {
            var headers = Headers(message);
            Assert.True(Ascii.IsValid(message), way);
            Assert.Equal((way, text), (way, Subject(headers)));
            var read = Read(message);
            var to = (MailboxAddress)Assert.Single(read.To);
            Assert.Equal((way, text, text, "ada@example.org"), (way, read.Subject, to.Name, to.Address));
        }
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task Any_name_and_subject_is_read_back_unchanged_with_SMTPUTF8(string text)
    {
        foreach (var (way, message) in await WriteAsync(Email("ünï@bücher.example", text, text, "Text")))
        {
            var headers = Headers(message);
            Assert.Equal((way, text), (way, Subject(headers)));
            Assert.Contains("<ünï@xn--bcher-kva.example>", Utf8(headers["To"]), StringComparison.Ordinal);
            var read = Read(message);
            Assert.Equal((way, text, text), (way, read.Subject, ((MailboxAddress)Assert.Single(read.To)).Name));
        }
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task Any_text_is_ASCII_in_short_lines_and_is_read_back_unchanged(string text)
    {
        foreach (var (way, message) in await WriteAsync(Email("ada@example.org", "Ada", "Subject", text)))
        {
            Assert.True(Ascii.IsValid(message), way);
            Assert.All(message.Split("\r\n"), line => Assert.InRange(line.Length, 0, 78));
            Assert.Equal((way, text.ReplaceLineEndings("\n").TrimEnd('\n')), (way, Read(message).TextBody!.ReplaceLineEndings("\n").TrimEnd('\n')));
        }
    }

    [Theory]
    [InlineData("To: a\r\nSubject: b\r\n\r\n", true)]
    [InlineData("To: a\r\n b\r\nSubject: b\r\n\r\nX: 1\r\n", true)]
    [InlineData("Subject: b\r\nTo: a\r\n\r\n", true)]
    [InlineData("To: a\r\nSubject: b\r\nX-Evil: 1\r\n\r\n", false)]
    [InlineData("To: a\r\nSubject: b\r\nTo: c\r\n\r\n", false)]
    [InlineData("To: a\r\n\r\nSubject: b\r\n\r\n", false)]
    [InlineData("To: a\r\nSubject: b\nX-Evil: 1\r\n\r\n", false)]
    [InlineData("To: a\r\nSubject: b\rX-Evil: 1\r\n\r\n", false)]
    [InlineData("To: a\r\nSubject: b\0c\r\n\r\n", false)]
    [InlineData("To: a\r\n \t\r\nSubject: b\r\n\r\n", false)]
    [InlineData(" To: a\r\nSubject: b\r\n\r\n", false)]
    [InlineData("To: a\r\nSubject: b\r\nbody\r\n\r\n", false)]
    [InlineData("To: a\r\nSubject: b\r\n", false)]
    [InlineData("To: a\nSubject: b\n\n", false)]
    [InlineData("", false)]
    public void Header_section_with_any_other_field_is_detected(string message, bool expected) =>
        Assert.Equal(expected, HeaderSection.HasOnly(Encoding.Latin1.GetBytes(message), ["Subject", "To"]));

    [Fact]
    public void Header_line_of_more_than_998_bytes_is_detected()
    {
        Assert.True(HeaderSection.HasOnly(Encoding.Latin1.GetBytes($"To: {new string('a', 994)}\r\n\r\n"), ["To"]));
        Assert.False(HeaderSection.HasOnly(Encoding.Latin1.GetBytes($"To: {new string('a', 995)}\r\n\r\n"), ["To"]));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static OutgoingEmail Email(string to, string name, string subject, string text) => new(7, to, name, subject, text, Sample.Now);

    /// <summary>The email for a server without SMTPUTF8, if possible, for one with it, and as a file; each as Latin-1.</summary>
    private async Task<IReadOnlyList<(string Way, string Message)>> WriteAsync(OutgoingEmail email)
    {
        var written = new List<(string, string)>();
        string[][] offers = Ascii.IsValid(email.To) ? [[], ["SMTPUTF8", "8BITMIME"]] : [["SMTPUTF8", "8BITMIME"]];
        foreach (var extensions in offers)
        {
            using var server = new ScriptedMailServer(extensions);
            var sender = Sender(new() { Delivery = EmailTransport.Smtp, From = "Users <users@example.org>" }, server.Port);
            Assert.Equal(Delivery.Delivered, await sender.SendAsync(email, Ct));
            written.Add((string.Join(' ', extensions), Assert.Single(server.Messages)));
        }

        Assert.Equal(Delivery.Delivered, await Sender(new() { PickupFolder = _folder, From = "Users <users@example.org>" }).SendAsync(email, Ct));
        written.Add(("file", await File.ReadAllTextAsync(Path.Combine(_folder, "7.eml"), Encoding.Latin1, Ct)));
        return written;
    }

    private static IEmailSender Sender(EmailOptions options, int port = 25) => new ServiceCollection()
        .AddLogging()
        .AddEmailDelivery(options, new() { Host = "127.0.0.1", Port = port, Security = SmtpSecurity.None })
        .BuildServiceProvider()
        .GetRequiredService<IEmailSender>();

    /// <summary>The raw header fields by name; checks the rules for lines, fields and encoded words.</summary>
    private static Dictionary<string, string> Headers(string message)
    {
        var section = message[..message.IndexOf("\r\n\r\n", StringComparison.Ordinal)];
        Assert.DoesNotMatch("\r(?!\n)|(?<!\r)\n", message);
        var fields = FieldStart().Split(section).Select(field => field.Split(':', 2)).Select(field => (Name: field[0], Value: field[1])).ToList();
        Assert.Equal(Fields, fields.Select(field => field.Name).Where(name => name != "Content-Transfer-Encoding").Order(StringComparer.Ordinal));
        foreach (var line in section.Split("\r\n"))
        {
            Assert.InRange(line.Length, 1, 78);
            var encoded = EncodedWord().Matches(line).ToList();
            Assert.All(encoded, word => Assert.InRange(word.Length, 1, 75));
            Assert.InRange(line.Length, 1, encoded.Count == 0 ? 78 : 76);
        }

        return fields.ToDictionary(field => field.Name, field => field.Value);
    }

    /// <summary>The subject as decoded by a strict reader other than the library that wrote it: RFC 2047 section 6.2.</summary>
    private static string Subject(Dictionary<string, string> headers)
    {
        var value = headers["Subject"][1..].Replace("\r\n", "", StringComparison.Ordinal);
        value = Regex.Replace(value, @"(?<=\?=) +(?==\?)", "", RegexOptions.None, TimeSpan.FromSeconds(30));
        var strict = new UTF8Encoding(false, throwOnInvalidBytes: true);
        return EncodedWord().Replace(value, word => strict.GetString(Convert.FromBase64String(word.Groups["base64"].Value)));
    }

    private static MimeMessage Read(string message)
    {
        using var bytes = new MemoryStream(Encoding.Latin1.GetBytes(message));
        return MimeMessage.Load(bytes, Ct);
    }

    private static string Utf8(string latin1) => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(latin1));

    /// <summary>200 texts of up to 200 characters, always the same, mostly of characters with a meaning in mail headers.</summary>
    private static IEnumerable<string> Generated()
    {
        string[] parts = ["=?", "?=", "utf-8", "?Q?", "?B?", "=0D=0A", " ", "a", "Ü", "🚀", "\"", "\\",
            "<", ">", ",", ":", ";", "(", ")", "@", "X-Evil: 1", new('w', 40), "e\u0301", ".", "_", "=20"];
        var random = new Random(1);
        return Enumerable.Range(0, 200).Select(_ =>
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 40)).Select(_ => parts[random.Next(parts.Length)]));
            return $"a{text[..Math.Min(150, char.IsHighSurrogate(text[Math.Min(150, text.Length) - 1]) ? 149 : text.Length)]}b";
        });
    }

    [GeneratedRegex(@"\r\n(?=[!-9;-~]+:)", RegexOptions.None, matchTimeoutMilliseconds: 30_000)]
    private static partial Regex FieldStart();

    [GeneratedRegex(@"=\?utf-8\?B\?(?<base64>[A-Za-z0-9+/]+=*)\?=", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 30_000)]
    private static partial Regex EncodedWord();
}
