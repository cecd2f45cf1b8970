using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace CleanUsers.WebApi.Observability;

/// <summary>
/// Logs as JSON objects, one a line, in UTF-8: time, level, category, message, the trace that it belongs to, the parameters of the message, and
/// the exception. The framework's own formatter writes each line by itself, which costs a quarter of a request: docs/decisions/0011-log-lines.md.
/// </summary>
internal sealed class JsonLog(TimeProvider clock, LineQueue lines) : ILoggerProvider
{
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

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
        Span<char> time = stackalloc char[24];
        clock.GetUtcNow().TryFormat(time, out var length, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        json.WriteString("time"u8, time[..length]);
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
            json.WritePropertyName(JsonNamingPolicy.CamelCase.ConvertName(name));
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
