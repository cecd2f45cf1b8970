using System.Globalization;
using CleanUsers.Application.Ports;

namespace CleanUsers.Infrastructure.Emails;

/// <summary>Writes emails as files, for another program to send, or to look at. One that is delivered twice is one file.</summary>
internal sealed class PickupFolder(EmailOptions options) : IEmailSender
{
    private readonly Mailbox _from = Mailbox.Parse(options.From);

    public async Task<Delivery> SendAsync(OutgoingEmail email, CancellationToken ct)
    {
        var file = Path.Combine(options.PickupFolder, string.Create(CultureInfo.InvariantCulture, $"{email.Id}.eml"));
        try
        {
            Directory.CreateDirectory(options.PickupFolder);
            using var message = email.ToMessage(_from, email.Recipient());
            await message.WriteToAsync(Messages.Format, $"{file}.writing", ct);
            File.Move($"{file}.writing", file, overwrite: true); // the file appears when it is complete
            return Delivery.Delivered;
        }
        catch (FormatException)
        {
            return new(DeliveryOutcome.Rejected, Messages.Unwritable);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            const string Reason = "The pickup folder can't be written.";
            return new(DeliveryOutcome.NotNow, Reason) { ReasonForLog = $"{Reason} {exception.Message}" };
        }
    }
}
