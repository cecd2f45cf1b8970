using CleanUsers.Application.Ports;
using CleanUsers.Infrastructure.Emails;
using Microsoft.Extensions.DependencyInjection;

namespace CleanUsers.Infrastructure.Tests;

/// <summary>Why an email could not be delivered, as the log has it: enough to find the cause, and nothing that is personal.</summary>
public sealed class ReasonsForTheLog
{
    [Theory]
    [InlineData(MailPhase.Rcpt, "550 5.1.1 <ada@example.org>: User unknown", DeliveryOutcome.Rejected, "The mail server replied: 550 5.1.1")]
    [InlineData(MailPhase.Rcpt, "450 ada@example.org is busy", DeliveryOutcome.NotNow, "The mail server replied: 450")]
    [InlineData(MailPhase.Rcpt, "550 5.1.1ada", DeliveryOutcome.Rejected, "The mail server replied: 550")]
    [InlineData(MailPhase.Dot, "554 5.7.1 Subject 'Secret' looks like spam", DeliveryOutcome.Rejected, "The mail server replied: 554 5.7.1")]
    [InlineData(MailPhase.Mail, "530 5.7.0 ada", DeliveryOutcome.NotNow, "The mail server requires authentication. It replied: 530 5.7.0")]
    public async Task The_reply_of_a_mail_server_is_its_codes_without_its_text(MailPhase phase, string reply, DeliveryOutcome outcome, string reason)
    {
        using var server = new ScriptedMailServer(phase: phase, bad: BadReply.Of("reply", reply));
        var delivery = await SendBySmtpAsync(server.Port);
        Assert.Equal((outcome, reason), (delivery.Outcome, delivery.ReasonForLog));
        Assert.Contains(reply, delivery.Reason, StringComparison.Ordinal); // the email has all of it
    }

    [Fact]
    public async Task A_mail_server_that_is_away_has_the_error_of_the_connection()
    {
        var server = new ScriptedMailServer();
        server.Dispose();
        Assert.Equal(
            "The mail server can't be reached, or ended the connection. Connection refused", (await SendBySmtpAsync(server.Port)).ReasonForLog);
    }

    [Fact]
    public async Task A_pickup_folder_that_can_not_be_written_has_the_error_of_the_file_system()
    {
        var delivery = await SendAsync(new EmailOptions { PickupFolder = "/dev/null/outbox" }, new SmtpOptions());
        Assert.Equal("The pickup folder can't be written.", delivery.Reason);
        Assert.StartsWith("The pickup folder can't be written. ", delivery.ReasonForLog, StringComparison.Ordinal);
        Assert.Contains("'/dev/null/outbox'", delivery.ReasonForLog, StringComparison.Ordinal);
    }

    private static Task<Delivery> SendBySmtpAsync(int port) => SendAsync(
        new EmailOptions { Delivery = EmailTransport.Smtp }, new SmtpOptions { Host = "127.0.0.1", Port = port, Security = SmtpSecurity.None });

    private static async Task<Delivery> SendAsync(EmailOptions options, SmtpOptions smtp)
    {
        await using var services = new ServiceCollection().AddLogging().AddEmailDelivery(options, smtp).BuildServiceProvider();
        return await services.GetRequiredService<IEmailSender>().SendAsync(
            new OutgoingEmail(7, "ada@example.org", "Ada", "Secret", "Text", Sample.Now), TestContext.Current.CancellationToken);
    }
}
