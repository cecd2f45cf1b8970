using System.Diagnostics.Metrics;
using CleanUsers.Application.Emails;

namespace CleanUsers.WebApi.Hosting;

/// <summary>Delivers queued emails; looks every two seconds whether there are any.</summary>
internal sealed class EmailDelivery(IServiceScopeFactory scopes, PeriodicService.Host host)
    : PeriodicService("delivering emails", TimeSpan.FromSeconds(2), host)
{
    private const int AtOnce = 4;

    private static readonly Meter Meter = new("CleanUsers.Emails");
    private static readonly Gauge<long> Waiting =
        Meter.CreateGauge<long>("cleanusers.emails.waiting", "{email}", "Emails that are not delivered yet.");

    protected override async Task RunOnceAsync(CancellationToken ct)
    {
        while (await DeliverDueAsync(ct)) ct.ThrowIfCancellationRequested();
    }

    /// <returns>False where nothing was delivered: then the rest waits for the next time.</returns>
    private async Task<bool> DeliverDueAsync(CancellationToken ct)
    {
        var emails = await InScopeAsync<FindDueEmails, DueEmails>(findDueEmails => findDueEmails.ExecuteAsync(ct));
        Waiting.Record(emails.Waiting);

        var due = emails.Ids.ToArray();
        Random.Shared.Shuffle(due); // so that several processes do not all try to lease the same emails
        var delivered = 0;
        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct }, async (id, token) =>
        {
            if (await InScopeAsync<DeliverEmail, bool>(deliverEmail => deliverEmail.ExecuteAsync(id, token))) Interlocked.Increment(ref delivered);
        });
        return delivered > 0;
    }

    private async Task<T> InScopeAsync<TUseCase, T>(Func<TUseCase, Task<T>> execute)
        where TUseCase : notnull
    {
        await using var scope = scopes.CreateAsyncScope();
        return await execute(scope.ServiceProvider.GetRequiredService<TUseCase>());
    }
}
