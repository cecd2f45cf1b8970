using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace CleanUsers.Infrastructure.Tests.SqlServer;

/// <summary>Keeps the messages of the log.</summary>
internal sealed class LogRecorder : ILoggerProvider
{
    public ConcurrentQueue<(LogLevel Level, string Message)> Lines { get; } = new();

    public ILogger CreateLogger(string categoryName) => new Recording(this);

    public void Dispose()
    {
    }

    private sealed class Recording(LogRecorder recorder) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            recorder.Lines.Enqueue((logLevel, formatter(state, exception)));
    }
}
