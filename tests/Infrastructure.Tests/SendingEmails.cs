using CleanUsers.Application.Ports;
using CleanUsers.Infrastructure.Emails;
using CleanUsers.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MimeKit;

namespace CleanUsers.Infrastructure.Tests;

/// <summary>SMTP with a mail server, and the reason that is recorded when it fails.</summary>
public sealed class SendingEmails : IDisposable
{
    private readonly MailServer _server = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Email_is_delivered_once_and_unchanged()
    {
        await _server.StartAsync();
        Assert.Equal(
            Delivery.Delivered,
            await SendAsync(Email(toName: "Ünï, \"Eve\" <eve@example.org>", subject: "Grüße 👩‍🚀", text: "Größer\n.\nals ein Punkt\n")));
        var (to, message) = Assert.Single(await _server.ReceivedAsync(1));
        Assert.Equal("ada@example.org", to);
        var read = await ReadAsync(message);
        Assert.Equal(
            ("Ünï, \"Eve\" <eve@example.org>", "ada@example.org"),
            (((MailboxAddress)Assert.Single(read.To)).Name, ((MailboxAddress)read.To[0]).Address));
        Assert.Equal(("users@example.org", "Grüße 👩‍🚀"), (((MailboxAddress)read.From[0]).Address, read.Subject));
        Assert.Equal("Größer\n.\nals ein Punkt\n", read.TextBody!.ReplaceLineEndings("\n"));
        Assert.Equal("7.1767268800123@example.org", read.MessageId);
    }

    /// <summary>RFC 6531 sections 3.2 and 3.4: SMTPUTF8 is for a local part that is not ASCII, and for nothing else.</summary>
    [Theory]
    [InlineData("users@example.org", "ada@example.org", "SMTPUTF8 8BITMIME", "MAIL FROM:<users@example.org>", "RCPT TO:<ada@example.org>")]
    [InlineData(
        "Üsers <users@bücher.example>", "ada@bücher.example", "SMTPUTF8 8BITMIME", "MAIL FROM:<users@xn--bcher-kva.example>",
        "RCPT TO:<ada@xn--bcher-kva.example>")]
    [InlineData("users@bücher.example", "ada@Bücher.example", "", "MAIL FROM:<users@xn--bcher-kva.example>", "RCPT TO:<ada@xn--bcher-kva.example>")]
    [InlineData(
        "users@xn--bcher-kva.example", "ada@xn--bcher-kva.example", "SMTPUTF8", "MAIL FROM:<users@xn--bcher-kva.example>",
        "RCPT TO:<ada@xn--bcher-kva.example>")]
    [InlineData(
        "users@example.org", "ada@faß.ΒΌΛΟΣ.example", "SMTPUTF8", "MAIL FROM:<users@example.org>", "RCPT TO:<ada@xn--fa-hia.xn--nxasmq6b.example>")]
    [InlineData("users@example.org", "ünï@example.org", "SMTPUTF8 8BITMIME", "MAIL FROM:<users@example.org> SMTPUTF8", "RCPT TO:<ünï@example.org>")]
    [InlineData("users@example.org", "ünï@example.org", "SMTPUTF8", "MAIL FROM:<users@example.org> SMTPUTF8", "RCPT TO:<ünï@example.org>")]
    [InlineData("üsers@example.org", "ada@example.org", "SMTPUTF8 8BITMIME", "MAIL FROM:<üsers@example.org> SMTPUTF8", "RCPT TO:<ada@example.org>")]
    [InlineData(
        "users@example.org", "ada@example.org", "SMTPUTF8 8BITMIME BINARYMIME CHUNKING", "MAIL FROM:<users@example.org>",
        "RCPT TO:<ada@example.org>")]
    public async Task SMTPUTF8_is_used_only_for_a_local_part_that_is_not_ASCII(string from, string to, string extensions, string mail, string rcpt)
    {
        using var server = new ScriptedMailServer(extensions.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(Delivery.Delivered, await SendAsync(Email(to, "Ünï"), Plain(server.Port), from));
        Assert.Equal([mail, rcpt, "DATA"], server.Commands.Skip(1).Take(3));
        var message = Assert.Single(server.Messages);
        Assert.Equal(mail.Contains("SMTPUTF8", StringComparison.Ordinal), !System.Text.Ascii.IsValid(message));
    }

    [Theory]
    [InlineData(
        "üsers@example.org", "ada@example.org", DeliveryOutcome.NotNow, "The mail server takes only ASCII addresses, and 'Email:From' is not ASCII.")]
    [InlineData(
        "üsers@example.org", "ünï@example.org", DeliveryOutcome.NotNow, "The mail server takes only ASCII addresses, and 'Email:From' is not ASCII.")]
    [InlineData("users@example.org", "ünï@example.org", DeliveryOutcome.Rejected, "The mail server takes only ASCII addresses.")]
    public async Task Server_without_SMTPUTF8_gets_no_address_that_needs_it(string from, string to, DeliveryOutcome outcome, string reason)
    {
        using var server = new ScriptedMailServer(["8BITMIME"]);
        Assert.Equal(new(outcome, reason), await SendAsync(Email(to), Plain(server.Port), from));
        Assert.DoesNotContain(server.Commands, command => command.StartsWith("MAIL", StringComparison.Ordinal));
    }

    /// <summary>The library's exceptions for them differ and are not documented: an index out of range, an argument, a failed login.</summary>
    [Theory]
    [MemberData(nameof(Challenges))]
    public async Task Malformed_challenge_is_a_failed_attempt(string mechanism, string challenge)
    {
        using var server = new ScriptedMailServer([$"AUTH {mechanism}"], challenge: challenge);
        var delivery = await SendAsync(
            Email(), new() { Host = "127.0.0.1", Port = server.Port, Security = SmtpSecurity.None, Username = "users", Password = "secret" });
        Assert.Equal(DeliveryOutcome.NotNow, delivery.Outcome);
        Assert.NotEmpty(delivery.Reason);
        Assert.Empty(server.Messages);
    }

    /// <summary>RFC 4954 section 6: they are about the service's login, whatever command they are the reply to.</summary>
    [Theory]
    [MemberData(nameof(RepliesAboutTheLogin))]
    public async Task Reply_about_the_login_is_a_failed_attempt_that_is_not_final(int code, MailPhase phase)
    {
        using var server = new ScriptedMailServer(["AUTH PLAIN"], phase, BadReply.Of($"{code}", $"{code} 5.7.0 No"));
        var delivery = await SendAsync(
            Email(), new() { Host = "127.0.0.1", Port = server.Port, Security = SmtpSecurity.None, Username = "users", Password = "secret" });
        Assert.Equal(DeliveryOutcome.NotNow, delivery.Outcome);
        Assert.Empty(server.Messages);
    }

    [Theory]
    [MemberData(nameof(Exceptions))]
    public async Task Exception_of_a_sender_is_a_failed_attempt_and_is_logged(string type)
    {
        var exception = (Exception)Activator.CreateInstance(typeof(object).Assembly.GetType(type)!)!;
        var log = new CollectingLogger();
        var sender = new SafeSender(new ThrowingSender(exception), log);
        Assert.Equal(new(DeliveryOutcome.NotNow, SafeSender.Unexpected), await sender.SendAsync(Email(), Ct));
        Assert.Equal((LogLevel.Warning, exception), Assert.Single(log.Lines));
    }

    [Fact]
    public async Task Cancellation_is_not_a_failed_attempt()
    {
        var cancelled = new CancellationToken(canceled: true);
        var sender = new SafeSender(new ThrowingSender(new OperationCanceledException(cancelled)), new CollectingLogger());
        await Assert.ThrowsAsync<OperationCanceledException>(() => sender.SendAsync(Email(), cancelled));
    }

    [Theory]
    [InlineData("a\r\nBcc: eve@example.org")]
    [InlineData("a\nBcc: eve@example.org\n\nbody")]
    public async Task Line_break_in_name_or_subject_starts_no_header(string text)
    {
        await _server.StartAsync();
        await SendAsync(Email(toName: text, subject: text));
        var (to, message) = Assert.Single(await _server.ReceivedAsync(1));
        Assert.Equal("ada@example.org", to);
        Assert.Null((await ReadAsync(message)).Headers[HeaderId.Bcc]);
    }

    [Fact]
    public async Task Non_ASCII_address_is_sent_to_a_server_with_SMTPUTF8()
    {
        await _server.StartAsync(utf8: true);
        Assert.Equal(Delivery.Delivered, await SendAsync(Email(to: "ünï@bücher.example")));
        Assert.StartsWith("ünï@", Assert.Single(await _server.ReceivedAsync(1)).To, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Non_ASCII_local_part_is_rejected_by_a_server_without_SMTPUTF8()
    {
        await _server.StartAsync(utf8: false);
        Assert.Equal(new(DeliveryOutcome.Rejected, "The mail server takes only ASCII addresses."), await SendAsync(Email(to: "ünï@example.org")));
        Assert.Equal(Delivery.Delivered, await SendAsync(Email(to: "uni@bücher.example"))); // a domain has an ASCII form
    }

    [Theory]
    [InlineData("rejected@example.org", DeliveryOutcome.Rejected, "The mail server replied: 550 5.1.1 No such mailbox")]
    [InlineData("busy@example.org", DeliveryOutcome.NotNow, "The mail server replied: 451 4.3.0 Try again later")]
    [InlineData("hangs@example.org", DeliveryOutcome.NotNow, "The mail server did not respond in time.")]
    public async Task Error_of_the_server_is_the_reason(string to, DeliveryOutcome outcome, string reason)
    {
        await _server.StartAsync();
        var delivery = await SendAsync(Email(to));
        Assert.Equal((outcome, reason), (delivery.Outcome, delivery.Reason));
        Assert.Empty(_server.Received);
    }

    [Fact]
    public async Task Delivery_fails_while_the_server_is_down_and_succeeds_when_it_is_back()
    {
        await _server.StartAsync();
        _server.Stop();
        var (outcome, reason) = await SendAsync(Email());
        Assert.Equal((DeliveryOutcome.NotNow, "The mail server can't be reached, or ended the connection."), (outcome, reason));
        await _server.StartAsync();
        Assert.Equal(Delivery.Delivered, await SendAsync(Email()));
    }

    [Theory]
    [InlineData(SmtpSecurity.StartTls, null, "The mail server does not offer STARTTLS, which the configuration requires.")]
    [InlineData(SmtpSecurity.Tls, null, "No secure connection to the mail server could be made.")]
    [InlineData(SmtpSecurity.None, "users", "The mail server offers no login that the service can use, and the configuration has a user name.")]
    public async Task Server_that_does_not_match_the_configuration_gets_no_email(SmtpSecurity security, string? username, string reason)
    {
        await _server.StartAsync();
        var delivery = await SendAsync(
            Email(), new() { Host = "127.0.0.1", Port = _server.Port, Security = security, Username = username, Timeout = TimeSpan.FromSeconds(2) });
        Assert.Equal(DeliveryOutcome.NotNow, delivery.Outcome);
        Assert.Equal(reason, delivery.Reason);
        Assert.Empty(_server.Received);
    }

    [Fact]
    public async Task Pickup_folder_has_one_file_for_two_deliveries_of_an_email()
    {
        var folder = Path.Combine(Path.GetTempPath(), $"cleanusers-{Guid.NewGuid():N}");
        var sender = Sender(new() { PickupFolder = folder }, new());
        for (var i = 0; i < 2; i++) Assert.Equal(Delivery.Delivered, await sender.SendAsync(Email(), Ct));
        Assert.Equal("Subject", (await MimeMessage.LoadAsync(Assert.Single(Directory.GetFiles(folder)), Ct)).Subject);
        Directory.Delete(folder, recursive: true);

        sender = Sender(new() { PickupFolder = "/dev/null/outbox" }, new());
        var (outcome, reason) = await sender.SendAsync(Email(), Ct);
        Assert.Equal((DeliveryOutcome.NotNow, "The pickup folder can't be written."), (outcome, reason));
    }

    public static MatrixTheoryData<string, string> Challenges => new(
        ["NTLM", "CRAM-MD5", "DIGEST-MD5", "SCRAM-SHA-256", "SCRAM-SHA-1", "LOGIN", "PLAIN", "XOAUTH2"],
        ["", "=", "!", "TlRMTVNTUAACAAAA", "AAAA", "TlRMTVNTUAACAAAADAAMAP////8BAoEAASNFZ4mrze8AAAAAAAAAAP//////////", "cj14LHM9eCxpPTA="]);

    public static MatrixTheoryData<int, MailPhase> RepliesAboutTheLogin => new(
        [530, 534, 535, 538], [MailPhase.Auth, MailPhase.Rcpt, MailPhase.Data]);

    public static TheoryData<string> Exceptions =>
    [
        "System.InvalidOperationException", "System.IndexOutOfRangeException", "System.ArgumentException", "System.NullReferenceException",
        "System.IO.IOException", "System.OperationCanceledException", "System.Exception",
    ];

    public void Dispose() => _server.Dispose();

    private static OutgoingEmail Email(string to = "ada@example.org", string? toName = "Ada", string subject = "Subject", string text = "Text") =>
        new(7, to, toName, subject, text, Sample.Now);

    private static SmtpOptions Plain(int port) => new() { Host = "127.0.0.1", Port = port, Security = SmtpSecurity.None };

    private Task<Delivery> SendAsync(OutgoingEmail email, SmtpOptions? smtp = null, string from = "Users <users@example.org>") => Sender(
        new() { Delivery = EmailTransport.Smtp, From = from },
        smtp ?? new() { Host = "127.0.0.1", Port = _server.Port, Security = SmtpSecurity.None, Timeout = TimeSpan.FromSeconds(2) }).SendAsync(
            email, Ct);

    private static IEmailSender Sender(EmailOptions options, SmtpOptions smtp) =>
        new ServiceCollection().AddLogging().AddEmailDelivery(options, smtp).BuildServiceProvider().GetRequiredService<IEmailSender>();

    private static async Task<MimeMessage> ReadAsync(string message)
    {
        using var bytes = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(message));
        return await MimeMessage.LoadAsync(bytes, Ct);
    }

    private sealed class ThrowingSender(Exception exception) : IEmailSender
    {
        public Task<Delivery> SendAsync(OutgoingEmail email, CancellationToken ct) => Task.FromException<Delivery>(exception);
    }

    private sealed class CollectingLogger : ILogger<SafeSender>
    {
        public List<(LogLevel Level, Exception? Exception)> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add((logLevel, exception));
    }
}
