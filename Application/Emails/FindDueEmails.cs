using CleanUsers.Application.Ports;

namespace CleanUsers.Application.Emails;

/// <param name="Ids">The ids of emails to deliver now, the longest due first; at most <see cref="FindDueEmails.BatchSize"/>.</param>
/// <param name="Waiting">How many emails are not delivered yet and not given up, leased ones included.</param>
public sealed record DueEmails(IReadOnlyList<long> Ids, long Waiting);

/// <summary>Reads which queued emails are due.</summary>
public sealed class FindDueEmails(IEmailRepository emails, TimeProvider clock)
{
    public const int BatchSize = 20;

    public async Task<DueEmails> ExecuteAsync(CancellationToken ct)
    {
        var waiting = await emails.CountWaitingAsync(ct);
        return new(await emails.GetDueAsync(clock.GetUtcNow(), BatchSize, ct), waiting);
    }
}
