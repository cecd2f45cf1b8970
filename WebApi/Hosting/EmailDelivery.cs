using System.Diagnostics.Metrics;
using CleanUsers.Application.Emails;

namespace CleanUsers.WebApi.Hosting;

/// <summary>Delivers queued emails; looks every two seconds whether there are any.</summary>
internal sealed class EmailDelivery(DeliverEmails deliverEmails, PeriodicService.Host host)
    : PeriodicService("delivering emails", TimeSpan.FromSeconds(2), host)
{
    private static readonly Meter Meter = new("CleanUsers.Emails");
    private static readonly Gauge<long> Waiting = Meter.CreateGauge<long>("cleanusers.emails.waiting", "{email}", "Emails that are not delivered yet.");

    protected override async Task RunOnceAsync(CancellationToken ct)
    {
        do
        {
            ct.ThrowIfCancellationRequested();
            Waiting.Record(await deliverEmails.CountWaitingAsync(ct));
        }
        while (await deliverEmails.ExecuteAsync(ct) > 0);
    }
}
