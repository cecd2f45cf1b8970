using CleanUsers.Application.Emails;

namespace CleanUsers.WebApi.Hosting;

/// <summary>Delivers, in the background, the emails that wait; looks every two seconds whether there are any.</summary>
internal sealed class EmailDelivery(DeliverEmails deliverEmails, Recurring recurring) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        recurring.RunAsync("delivering emails", TimeSpan.FromSeconds(2), DeliverAsync, stoppingToken);

    private async Task DeliverAsync(CancellationToken ct)
    {
        while (await deliverEmails.ExecuteAsync(ct) > 0) ct.ThrowIfCancellationRequested();
    }
}
