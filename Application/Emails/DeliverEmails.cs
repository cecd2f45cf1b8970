using CleanUsers.Application.Ports;
using CleanUsers.Domain.Emails;
using Microsoft.Extensions.DependencyInjection;

namespace CleanUsers.Application.Emails;

/// <summary>Delivers the emails that wait. Several processes may do so on one queue: who takes an email has it alone.</summary>
public sealed class DeliverEmails(IServiceScopeFactory scopes, TimeProvider clock)
{
    /// <summary>For how long an email is taken: as long as nobody else looks at it after a crash.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    /// <summary>How long a delivery may take: so much less that nobody else can have it meanwhile.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private const int Batch = 20;
    private const int AtOnce = 4;

    /// <returns>How many were taken; none where nothing waits.</returns>
    public async Task<int> ExecuteAsync(CancellationToken ct)
    {
        IReadOnlyList<long> due;
        await using (var scope = scopes.CreateAsyncScope())
            due = await scope.ServiceProvider.GetRequiredService<IEmailRepository>().GetDueAsync(clock.GetUtcMilliseconds(), Batch, ct);

        var mixed = due.ToArray();
        Random.Shared.Shuffle(mixed); // so that several processes do not all run after the same ones
        var taken = 0;
        await Parallel.ForEachAsync(mixed, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct }, async (id, token) =>
        {
            await using var scope = scopes.CreateAsyncScope();
            if (await DeliverAsync(scope.ServiceProvider, id, token)) Interlocked.Increment(ref taken);
        });
        return taken;
    }

    /// <returns>How many wait, those included that somebody has taken.</returns>
    public async Task<long> CountWaitingAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<IEmailRepository>().CountWaitingAsync(ct);
    }

    /// <returns>False where somebody else has it, or it waits no more.</returns>
    private async Task<bool> DeliverAsync(IServiceProvider services, long id, CancellationToken ct)
    {
        var emails = services.GetRequiredService<IEmailRepository>();
        var now = clock.GetUtcMilliseconds();
        if (await emails.FindToDeliverAsync(id, ct) is not var (email, user) || !email.Take(now, now + Lease)) return false;
        if (user.IsDeleted) email.Fail(Email.UserDeleted);
        if (!await emails.TryUpdateAsync(ct)) return false;
        if (email.Status == EmailStatus.Failed) return true;

        // what is taken is delivered or comes back when the lease is over: a shutdown waits for the first
        using var patience = new CancellationTokenSource(Patience, clock);
        var delivery = await SendAsync(services.GetRequiredService<IEmailSender>(), new(email.Id, user.Email, user.Name, email.Subject, email.Text, email.CreatedAt), patience.Token);
        now = clock.GetUtcMilliseconds();
        switch (delivery.Outcome)
        {
            case DeliveryOutcome.Delivered: email.Deliver(now); break;
            case DeliveryOutcome.NotNow: email.Postpone(now, delivery.Reason); break;
            case DeliveryOutcome.Refused: email.Fail(delivery.Reason); break;
        }

        // a conflict: the user was deleted or purged meanwhile, and the email with it
        await emails.TryUpdateAsync(CancellationToken.None);
        return true;
    }

    private static async Task<Delivery> SendAsync(IEmailSender sender, OutgoingEmail email, CancellationToken patience)
    {
        try
        {
            return await sender.SendAsync(email, patience);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            return new(DeliveryOutcome.NotNow, "The mail server did not answer in time.");
        }
    }
}
