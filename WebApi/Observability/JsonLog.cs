using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using CleanUsers.WebApi.Http.Responses;

namespace CleanUsers.WebApi.Observability;

/// <summary>
/// Logs as JSON objects, one a line, in UTF-8: time, level, category, message, the trace that it belongs to, the parameters of the message, and
/// the exception. The framework's own formatter writes each line by itself, which costs a quarter of a request: docs/decisions/0011-log-lines.md.
/// </summary>
internal sealed class JsonLog(TimeProvider clock, LineQueue lines) : ILoggerProvider
{
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    // of the parameters of messages, which are few
    private static readonly ConcurrentDictionary<string, JsonEncodedText> Names = new(StringComparer.Ordinal);

    [ThreadStatic]
    private static (ArrayBufferWriter<byte> Line, Utf8JsonWriter Json) Writer;

    private readonly ConcurrentDictionary<string, Category> _categories = new(StringComparer.Ordinal);

    public ILogger CreateLogger(string categoryName) => _categories.GetOrAdd(categoryName, name => new Category(this, name));

    public void Dispose()
    {
        // the queue owns the lines
    }

    private void Write<TState>(string category, LogLevel level, TState state, Exception? exception, Func<TState, Exception?, string> message)
    {
        if (Writer.Line is null) Writer = (new ArrayBufferWriter<byte>(512), new Utf8JsonWriter(Stream.Null, Writing));
        var (line, json) = Writer;
        line.ResetWrittenCount();
        json.Reset(line);

        json.WriteStartObject();
        Span<byte> time = stackalloc byte[WireJson.InstantLength];
        WireJson.WriteInstant(clock.GetUtcNow(), time);
        json.WriteString("time"u8, time);
        json.WriteString("level"u8, Name(level));
        json.WriteString("category"u8, category);
        json.WriteString("message"u8, message(state, null));
        if (Activity.Current is { } activity) json.WriteString("traceId"u8, activity.TraceId.ToHexString());
        if (state is IReadOnlyList<KeyValuePair<string, object?>> members) WriteMembers(json, members);
        if (exception is not null) json.WriteString("exception"u8, ExceptionText.Of(exception));
        json.WriteEndObject();
        json.Flush();
        line.Write("\n"u8);
        lines.Add(line.WrittenSpan);
    }

    private static void WriteMembers(Utf8JsonWriter json, IReadOnlyList<KeyValuePair<string, object?>> members)
    {
        for (var i = 0; i < members.Count; i++)
        {
            var (name, value) = members[i];
            if (name is "{OriginalFormat}") continue;
            json.WritePropertyName(Names.GetOrAdd(name, text => JsonEncodedText.Encode(JsonNamingPolicy.CamelCase.ConvertName(text))));
            switch (value)
            {
                case null: json.WriteNullValue(); break;
                case string text: json.WriteStringValue(text); break;
                case int number: json.WriteNumberValue(number); break;
                case long number: json.WriteNumberValue(number); break;
                case double number when double.IsFinite(number): json.WriteNumberValue(number); break;
                case bool truth: json.WriteBooleanValue(truth); break;
                default: json.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture)); break;
            }
        }
    }

    // ToString of an enum looks the name up each time
    private static string Name(LogLevel level) => level switch
    {
        LogLevel.Trace => nameof(LogLevel.Trace),
        LogLevel.Debug => nameof(LogLevel.Debug),
        LogLevel.Information => nameof(LogLevel.Information),
        LogLevel.Warning => nameof(LogLevel.Warning),
        LogLevel.Error => nameof(LogLevel.Error),
        LogLevel.Critical => nameof(LogLevel.Critical),
        LogLevel.None => nameof(LogLevel.None),
    };

    private sealed class Category(JsonLog log, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        // the factory has applied the configuration already
        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log.Write(name, logLevel, state, exception, formatter);
    }
}

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
        $$"""{"time":"{{WireJson.Instant(_clock.GetUtcNow())}}","level":"Warning","category":"{{GetType().FullName}}","""
        + $"\"message\":\"{_lost} lines were lost, because standard output did not accept them.\",\"lost\":{_lost}}}\n"));
}
