using System.Data.Common;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace CleanUsers.Infrastructure.Tests;

/// <summary>
/// Counts what a test sends to the database: commands, each a round trip, and the rows that come back to EF Core. The commands are counted by the
/// service's own metric, which has them all.
/// </summary>
public sealed class CommandRecorder : DbCommandInterceptor, IDisposable
{
    // other tests run at the same time: only commands that are sent by the flow of this test count
    private readonly AsyncLocal<StrongBox<int>?> _commands = new();

    private readonly MeterListener _listener = new();

    public CommandRecorder()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument is { Meter.Name: "CleanUsers.Database", Name: "db.client.operation.duration" })
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((_, _, _, _) =>
        {
            if (_commands.Value is { } commands) commands.Value++;
        });
        _listener.Start();
    }

    public int Rows { get; private set; }

    /// <summary>How many commands the action sends.</summary>
    public async Task<int> CountAsync(Func<Task> action)
    {
        Rows = 0;
        var commands = _commands.Value = new(0);
        try
        {
            await action();
        }
        finally
        {
            _commands.Value = null;
        }

        return commands.Value;
    }

    public override ValueTask<InterceptionResult> DataReaderClosingAsync(
        DbCommand command, DataReaderClosingEventData eventData, InterceptionResult result)
    {
        Rows += eventData.ReadCount - 1; // the last one finds the end
        return base.DataReaderClosingAsync(command, eventData, result);
    }

    public void Dispose() => _listener.Dispose();
}
