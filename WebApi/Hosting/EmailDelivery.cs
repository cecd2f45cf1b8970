using System.Diagnostics.Metrics;
using CleanUsers.Application.Emails;
using CleanUsers.Application.Ports;
using CleanUsers.Domain.Emails;

namespace CleanUsers.WebApi.Hosting;

/// <summary>Delivers queued emails; looks every two seconds whether there are any.</summary>
internal sealed partial class EmailDelivery(PeriodicService.Host host, ILogger<EmailDelivery> logger)
    : PeriodicService("delivering emails", TimeSpan.FromSeconds(2), host)
{
    private const int AtOnce = 4;

    private static readonly Meter Meter = new("CleanUsers.Emails");
    private static readonly Gauge<long> Waiting =
        Meter.CreateGauge<long>("cleanusers.emails.waiting", "{email}", "Emails that are not delivered yet.");

    private static readonly Counter<long> Failures =
        Meter.CreateCounter<long>("cleanusers.emails.failures", "{attempt}", "Attempts to deliver an email that failed.");

    protected override async Task RunOnceAsync(IServiceProvider services, CancellationToken ct)
    {
        while (await DeliverDueAsync(ct)) ct.ThrowIfCancellationRequested();
    }

    /// <returns>False where nothing was delivered: then the rest waits for the next time.</returns>
    private async Task<bool> DeliverDueAsync(CancellationToken ct)
    {
        var emails = await InScopeAsync<FindDueEmails, DueEmails>(findDueEmails => findDueEmails.ExecuteAsync(ct));
        Waiting.Record(emails.Waiting);
        Failures.Add(0); // so that the metric exists before the first failure

        var due = emails.Ids.ToArray();
        Random.Shared.Shuffle(due); // so that several processes do not all try to lease the same emails
        var delivered = 0;
        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct }, async (id, token) =>
        {
            var attempt = await InScopeAsync<DeliverEmail, DeliveryAttempt?>(deliverEmail => deliverEmail.ExecuteAsync(id, token));
            if (attempt is null) return;
            Interlocked.Increment(ref delivered);
            if (attempt.Delivery.Outcome != DeliveryOutcome.Delivered) Report(id, attempt);
        });
        return delivered > 0;
    }

    private void Report(long id, DeliveryAttempt attempt)
    {
        Failures.Add(1);
        if (attempt.Status == EmailStatus.Queued) LogPostponed(logger, id, attempt.Delivery.ReasonForLog);
        else LogGivenUp(logger, id, attempt.Delivery.ReasonForLog);
    }

    [LoggerMessage(LogLevel.Warning, "Email {Id} could not be delivered and will be tried again: {Reason}")]
    private static partial void LogPostponed(ILogger logger, long id, string reason);

    [LoggerMessage(LogLevel.Warning, "Email {Id} could not be delivered and will not be tried again: {Reason}")]
    private static partial void LogGivenUp(ILogger logger, long id, string reason);
}
