using System.Buffers;
using System.Globalization;
using System.Text;

namespace CleanUsers.WebApi.Observability;

/// <summary>
/// The queue of lines to standard output. Adding a line never blocks: a separate thread writes the lines, many at a time. If the reader does not
/// keep up and the queue is full, lines are dropped, and when there is room again a line reports how many: serving requests is more important
/// than the log.
/// </summary>
internal sealed class LineQueue : IDisposable
{
    /// <summary>In bytes: some four thousand requests.</summary>
    public const int Capacity = 1024 * 1024;

    /// <summary>How long lines gather before they are written: a write costs as much as making ten lines.</summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(50);

    /// <summary>How long shutdown waits for a reader that does not read.</summary>
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(2);

    private readonly object _lock = new(); // not a Lock: Monitor.Wait does not support it
    private readonly Stream _output;
    private readonly TimeProvider _clock;
    private readonly Thread _thread;
    private ArrayBufferWriter<byte> _added = new();
    private ArrayBufferWriter<byte> _writing = new();
    private long _lost;
    private bool _ending;

    public LineQueue(Stream output, TimeProvider clock)
    {
        (_output, _clock) = (output, clock);
        _thread = new Thread(Write) { IsBackground = true, Name = nameof(LineQueue) };
        _thread.Start();
    }

    public void Add(ReadOnlySpan<byte> line)
    {
        lock (_lock)
        {
            if (_added.WrittenCount + line.Length > Capacity)
            {
                _lost++;
                return;
            }

            if (_added.WrittenCount == 0) Monitor.Pulse(_lock);
            _added.Write(line);
        }
    }

    /// <summary>Writes what is left.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _ending = true;
            Monitor.Pulse(_lock);
        }

        _thread.Join(DrainTimeout);
    }

    private void Write()
    {
        while (Gather())
        {
            try
            {
                _output.Write(_writing.WrittenSpan);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException) // a full disk, or closed; reported later
            {
                lock (_lock) _lost += _writing.WrittenSpan.Count((byte)'\n');
            }

            _writing.ResetWrittenCount();
        }
    }

    /// <summary>Waits for the next lines; false where there will be none.</summary>
    private bool Gather()
    {
        lock (_lock)
        {
            while (_added.WrittenCount == 0 && !_ending) Monitor.Wait(_lock);
            if (_added.WrittenCount == 0) return false;
            if (!_ending) Monitor.Wait(_lock, Gathering);
            if (_lost > 0) _added.Write(Loss());
            _lost = 0;
            (_added, _writing) = (_writing, _added);
            return true;
        }
    }

    private byte[] Loss() => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"time":"{{_clock.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss.fff'Z'}}","level":"Warning","category":"{{GetType().FullName}}","""
        + $"\"message\":\"{_lost} lines were lost, because standard output did not accept them.\",\"lost\":{_lost}}}\n"));
}
