using CleanUsers.Application.Ports;
using CleanUsers.Databases;
using CleanUsers.Infrastructure.Emails;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;

namespace CleanUsers.Infrastructure.Tests;

/// <summary>A conversation with a mail server, and what is said of one that goes wrong.</summary>
public sealed class SendingEmails : IDisposable
{
    private readonly MailServer _server = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_email_arrives_once_and_whole()
    {
        await _server.StartAsync();
        Assert.Equal(Delivery.Delivered, await SendAsync(Email(toName: "Ünï, \"Eve\" <eve@example.org>", subject: "Grüße 👩‍🚀", text: "Größer\n.\nals ein Punkt\n")));
        var (to, message) = Assert.Single(await _server.ReceivedAsync(1));
        Assert.Equal("ada@example.org", to);
        var read = await ReadAsync(message);
        Assert.Equal(("Ünï, \"Eve\" <eve@example.org>", "ada@example.org"), (((MailboxAddress)Assert.Single(read.To)).Name, ((MailboxAddress)read.To[0]).Address));
        Assert.Equal(("users@example.org", "Grüße 👩‍🚀"), (((MailboxAddress)read.From[0]).Address, read.Subject));
        Assert.Equal("Größer\n.\nals ein Punkt\n", read.TextBody!.ReplaceLineEndings("\n"));
        Assert.Equal("7.1767268800123@example.org", read.MessageId);
    }

    [Theory]
    [InlineData("a\r\nBcc: eve@example.org")]
    [InlineData("a\nBcc: eve@example.org\n\nbody")]
    public async Task No_text_can_begin_a_header(string text)
    {
        await _server.StartAsync();
        await SendAsync(Email(toName: text, subject: text));
        var (to, message) = Assert.Single(await _server.ReceivedAsync(1));
        Assert.Equal("ada@example.org", to);
        Assert.Null((await ReadAsync(message)).Headers[HeaderId.Bcc]);
    }

    [Fact]
    public async Task An_address_that_is_not_ASCII_goes_to_a_server_that_knows_such()
    {
        await _server.StartAsync(utf8: true);
        Assert.Equal(Delivery.Delivered, await SendAsync(Email(to: "ünï@bücher.example")));
        Assert.StartsWith("ünï@", Assert.Single(await _server.ReceivedAsync(1)).To, StringComparison.Ordinal);
    }

    [Fact]
    public async Task And_to_no_other()
    {
        await _server.StartAsync(utf8: false);
        Assert.Equal(new(DeliveryOutcome.Refused, "The mail server takes only ASCII addresses."), await SendAsync(Email(to: "ünï@example.org")));
        Assert.Equal(Delivery.Delivered, await SendAsync(Email(to: "uni@bücher.example"))); // a domain has an ASCII form
    }

    [Theory]
    [InlineData("refused@example.org", DeliveryOutcome.Refused, "The mail server said: 550 5.1.1 No such mailbox")]
    [InlineData("busy@example.org", DeliveryOutcome.NotNow, "The mail server said: 451 4.3.0 Try again later")]
    [InlineData("hangs@example.org", DeliveryOutcome.NotNow, "The mail server did not answer in time.")]
    public async Task What_the_server_does_not_take_has_a_reason(string to, DeliveryOutcome outcome, string reason)
    {
        await _server.StartAsync();
        Assert.Equal(new(outcome, reason), await SendAsync(Email(to)));
        Assert.Empty(_server.Received);
    }

    [Fact]
    public async Task A_server_that_is_away_is_told_from_one_that_is_back()
    {
        await _server.StartAsync();
        _server.Stop();
        Assert.Equal(new(DeliveryOutcome.NotNow, "The mail server can't be reached, or ended the connection."), await SendAsync(Email()));
        await _server.StartAsync();
        Assert.Equal(Delivery.Delivered, await SendAsync(Email()));
    }

    [Theory]
    [InlineData(SmtpSecurity.StartTls, null, "The mail server does not offer STARTTLS, which the configuration requires.")]
    [InlineData(SmtpSecurity.Tls, null, "No secure connection to the mail server could be made.")]
    [InlineData(SmtpSecurity.None, "users", "The mail server offers no login that the service can use, and the configuration has a user name.")]
    public async Task A_server_that_is_not_as_configured_gets_nothing(SmtpSecurity security, string? username, string reason)
    {
        await _server.StartAsync();
        var delivery = await SendAsync(Email(), new() { Host = "127.0.0.1", Port = _server.Port, Security = security, Username = username, Timeout = TimeSpan.FromSeconds(2) });
        Assert.Equal(DeliveryOutcome.NotNow, delivery.Outcome);
        Assert.Equal(reason, delivery.Reason);
        Assert.Empty(_server.Received);
    }

    [Fact]
    public async Task A_pickup_folder_has_a_file_for_each_email_and_one_for_two_deliveries()
    {
        var folder = Path.Combine(Path.GetTempPath(), $"cleanusers-{Guid.NewGuid():N}");
        var sender = Sender(new() { PickupFolder = folder }, new());
        for (var i = 0; i < 2; i++) Assert.Equal(Delivery.Delivered, await sender.SendAsync(Email(), Ct));
        Assert.Equal("Subject", (await MimeMessage.LoadAsync(Assert.Single(Directory.GetFiles(folder)), Ct)).Subject);
        Directory.Delete(folder, recursive: true);

        sender = Sender(new() { PickupFolder = "/dev/null/outbox" }, new());
        Assert.Equal(new(DeliveryOutcome.NotNow, "The pickup folder can't be written."), await sender.SendAsync(Email(), Ct));
    }

    public void Dispose() => _server.Dispose();

    private static OutgoingEmail Email(string to = "ada@example.org", string? toName = "Ada", string subject = "Subject", string text = "Text") =>
        new(7, to, toName, subject, text, Sample.Now);

    private Task<Delivery> SendAsync(OutgoingEmail email, SmtpOptions? smtp = null) => Sender(
        new() { Delivery = EmailDelivery.Smtp, From = "Users <users@example.org>" },
        smtp ?? new() { Host = "127.0.0.1", Port = _server.Port, Security = SmtpSecurity.None, Timeout = TimeSpan.FromSeconds(2) }).SendAsync(email, Ct);

    private static IEmailSender Sender(EmailOptions options, SmtpOptions smtp) =>
        new ServiceCollection().AddLogging().AddEmailDelivery(options, smtp).BuildServiceProvider().GetRequiredService<IEmailSender>();

    private static async Task<MimeMessage> ReadAsync(string message)
    {
        using var octets = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(message));
        return await MimeMessage.LoadAsync(octets, Ct);
    }
}
