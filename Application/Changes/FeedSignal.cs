namespace CleanUsers.Application.Changes;

/// <summary>Tells those that wait for changes, in this process, that there are new ones, made by any process.</summary>
public sealed class FeedSignal
{
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _position;

    /// <summary>The highest position in the feed that was seen.</summary>
    public long Position => Volatile.Read(ref _position);

    /// <summary>Ends when the feed has grown, or at shutdown. To be read before the feed is: else a change in between is missed.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    /// <summary>At shutdown nobody waits any more.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Reports the position of the newest change.</summary>
    public void Reach(long position)
    {
        // another one too, not only a higher one: the database may have been replaced by its backup
        if (Interlocked.Exchange(ref _position, position) != position) Wake();
    }

    public void Close()
    {
        IsClosed = true;
        Wake();
    }

    private void Wake() =>
        Interlocked.Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
}
