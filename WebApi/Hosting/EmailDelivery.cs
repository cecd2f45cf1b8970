using System.Diagnostics.Metrics;
using CleanUsers.Application.Emails;

namespace CleanUsers.WebApi.Hosting;

/// <summary>Delivers, in the background, the emails that wait; looks every two seconds whether there are any.</summary>
internal sealed class EmailDelivery(DeliverEmails deliverEmails, Recurring recurring) : BackgroundService
{
    private static readonly Meter Meter = new("CleanUsers.Emails");
    private static readonly Gauge<long> Waiting = Meter.CreateGauge<long>("cleanusers.emails.waiting", "{email}", "Emails that are not delivered yet.");

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        recurring.RunAsync("delivering emails", TimeSpan.FromSeconds(2), DeliverAsync, stoppingToken);

    private async Task DeliverAsync(CancellationToken ct)
    {
        do
        {
            ct.ThrowIfCancellationRequested();
            Waiting.Record(await deliverEmails.CountWaitingAsync(ct));
        }
        while (await deliverEmails.ExecuteAsync(ct) > 0);
    }
}
