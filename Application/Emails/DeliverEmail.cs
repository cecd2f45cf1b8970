using CleanUsers.Application.Ports;
using CleanUsers.Domain.Emails;

namespace CleanUsers.Application.Emails;

/// <param name="Delivery">What became of the attempt.</param>
/// <param name="Status">What the email is now; <see cref="EmailStatus.Queued"/> means that it is tried again.</param>
public sealed record DeliveryAttempt(Delivery Delivery, EmailStatus Status);

/// <summary>
/// Delivers one queued email. A worker leases an email before sending it, so several processes can work on one queue. If the worker dies, the lease
/// expires and another worker takes over.
/// </summary>
public sealed class DeliverEmail(IEmailRepository emails, IEmailSender sender, TimeProvider clock)
{
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    /// <summary>Shorter than the lease, so that no other worker can send the email meanwhile.</summary>
    private static readonly TimeSpan SendTimeout = TimeSpan.FromMinutes(1);

    /// <returns>Null where another worker has the lease, or the email is not queued any more.</returns>
    public async Task<DeliveryAttempt?> ExecuteAsync(long id, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (await emails.FindToDeliverAsync(id, ct) is not var (email, user) || !email.TryLease(now, now + Lease)) return null;
        if (user.IsDeleted) email.Fail(Email.UserDeleted);
        if (!await emails.TryUpdateAsync(ct)) return null;
        if (email.Status == EmailStatus.Failed) return new(new(DeliveryOutcome.Rejected, Email.UserDeleted), email.Status);

        // a shutdown waits for the end of a delivery: an email whose outcome is not recorded would be sent again when the lease expires
        var delivery = await SendAsync(new(email.Id, user.Email, user.Name, email.Subject, email.Text, email.CreatedAt));
        now = clock.GetUtcNow();
        switch (delivery.Outcome)
        {
            case DeliveryOutcome.Delivered: email.Deliver(now); break;
            case DeliveryOutcome.NotNow: email.Postpone(now, delivery.Reason); break;
            case DeliveryOutcome.Rejected: email.Fail(delivery.Reason); break;
        }

        // a conflict means that the user was deleted or purged meanwhile, and the email with it
        await emails.TryUpdateAsync(CancellationToken.None);
        return new(delivery, email.Status);
    }

    private async Task<Delivery> SendAsync(OutgoingEmail email)
    {
        using var timeout = new CancellationTokenSource(SendTimeout, clock);
        try
        {
            return await sender.SendAsync(email, timeout.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            return new(DeliveryOutcome.NotNow, "The mail server did not respond in time.");
        }
    }
}
