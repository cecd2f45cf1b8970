namespace CleanUsers.Application.Changes.Webhooks;

/// <summary>Tells the worker of this process that something is due that neither the feed nor a due time shows: a client changed a webhook.</summary>
public sealed class WebhookSignal
{
    private int _woken;

    public void Wake() => Volatile.Write(ref _woken, 1);

    /// <returns>Whether it was woken since the last call.</returns>
    public bool Take() => Interlocked.Exchange(ref _woken, 0) == 1;
}
