using CleanUsers.Application.Ports;
using Microsoft.Extensions.Logging;

namespace CleanUsers.Infrastructure.Emails;

/// <summary>
/// Fulfils the contract of <see cref="IEmailSender"/>: every exception but cancellation is a failed attempt. The mail library throws more than it
/// documents (a broken NTLM challenge ends in an index out of range), and an exception that ends the delivery would leave the email in the
/// queue without an end.
/// </summary>
internal sealed partial class SafeSender(IEmailSender sender, ILogger<SafeSender> logger) : IEmailSender
{
    public const string Unexpected = "The email could not be sent because of an unexpected error; the service's log has the details.";

    public async Task<Delivery> SendAsync(OutgoingEmail email, CancellationToken ct)
    {
        try
        {
            return await sender.SendAsync(email, ct);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            LogUnexpected(logger, email.Id, exception);
            return new(DeliveryOutcome.NotNow, Unexpected);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Email {Id} could not be sent because of an unexpected error.")]
    private static partial void LogUnexpected(ILogger logger, long id, Exception exception);
}
