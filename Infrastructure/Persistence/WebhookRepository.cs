using CleanUsers.Application.Ports;
using CleanUsers.Domain.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace CleanUsers.Infrastructure.Persistence;

internal sealed class WebhookRepository(UsersDbContext db) : IWebhookRepository
{
    public Task<Webhook?> GetAsync(long id, CancellationToken ct) =>
        db.Webhooks.AsNoTracking().FirstOrDefaultAsync(webhook => webhook.Id == id, ct);

    public async Task<IReadOnlyList<Webhook>> ListAsync(long? before, int limit, CancellationToken ct)
    {
        var webhooks = db.Webhooks.AsNoTracking();
        if (before is { } id) webhooks = webhooks.Where(webhook => webhook.Id < id);
        return await webhooks.OrderByDescending(webhook => webhook.Id).Take(limit).ToListAsync(ct);
    }

    public async Task<IReadOnlyList<WebhookFailure>> ListFailuresAsync(long webhookId, long? before, int limit, CancellationToken ct)
    {
        var failures = db.WebhookFailures.AsNoTracking().Where(failure => failure.WebhookId == webhookId);
        if (before is { } id) failures = failures.Where(failure => failure.Id < id);
        return await failures.OrderByDescending(failure => failure.Id).Take(limit).ToListAsync(ct);
    }

    public async Task<IReadOnlyList<WebhookProgress>> ListProgressAsync(int limit, CancellationToken ct)
    {
        var progress =
            from webhook in db.Webhooks.Where(webhook => webhook.Status == WebhookStatus.Active).OrderBy(webhook => webhook.DueAt).Take(limit)
            join entry in db.Feed on webhook.Position + 1 equals entry.Position into entries
            from next in entries.DefaultIfEmpty()
            join change in db.Changes on new { next.UserId, next.Version } equals new { change.UserId, change.Version } into changes
            from nextChange in changes.DefaultIfEmpty()
            orderby webhook.DueAt
            select new WebhookProgress(
                webhook.Id, webhook.Position, webhook.CaughtUpAt, webhook.FailedAttempts > 0 ? webhook.DueAt : null, webhook.LeasedUntil,
                (DateTimeOffset?)nextChange.UpdatedAt);
        return await progress.ToListAsync(ct);
    }

    public async Task AddAsync(Webhook webhook, CancellationToken ct)
    {
        await db.AddWithIdAsync(webhook, ct);
        await db.SaveAsync(ct);
    }

    public Task<Webhook?> FindToChangeAsync(long id, CancellationToken ct) => db.Webhooks.FirstOrDefaultAsync(webhook => webhook.Id == id, ct);

    public async Task<bool> TryUpdateAsync(WebhookFailure? failure, CancellationToken ct)
    {
        if (failure is null)
        {
            if (db.ChangeTracker.HasChanges()) return await db.TrySaveAsync(ct);
            await db.WaitForStandbyAsync(ct);
            return true;
        }

        db.Add(failure);
        return await db.TrySaveAsync(
            async token =>
            {
                await db.SaveChangesAsync(acceptAllChangesOnSuccess: false, token);
                var ofWebhook = db.WebhookFailures.Where(other => other.WebhookId == failure.WebhookId);
                var tooOld = await ofWebhook.OrderByDescending(other => other.Id).Skip(Webhook.KeptFailures).Select(other => other.Id)
                    .FirstOrDefaultAsync(token);
                await ofWebhook.Where(other => other.Id <= tooOld).ExecuteDeleteAsync(token);
            },
            ct);
    }

    public Task<bool> TryDeleteAsync(Webhook webhook, CancellationToken ct)
    {
        db.Remove(webhook);
        return db.TrySaveAsync(ct);
    }
}
