using System.Text;
using System.Text.Json;
using CleanUsers.WebApi.Observability;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace CleanUsers.WebApi.Tests;

/// <summary>How log lines are formatted and written, without a service.</summary>
public sealed class LogLines
{
    private static readonly FakeTimeProvider Clock = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, 6, TimeSpan.Zero));

    [Fact]
    public void Log_line_has_the_arguments_of_its_message()
    {
        var line = Assert.Single(
            Written(logger => logger.LogWarning(
                "{Text} and {Count} and {Share} and {Done} and {None} and {Id}", "a \"quote\"\nand a line", 7, 0.5, true, null, Guid.Empty)));
        Assert.Equal(
            """{"time":"2026-01-02T03:04:05.006Z","level":"Warning","category":"test",""" + '"'
            + """message":"a \"quote\"\nand a line and 7 and 0.5 and True and (null) and 00000000-0000-0000-0000-000000000000",""" + '"'
            + """text":"a \"quote\"\nand a line","count":7,"share":0.5,"done":true,"none":null,""" + '"'
            + """id":"00000000-0000-0000-0000-000000000000"}""",
            line);
    }

    [Theory]
    [InlineData("The duplicate key value is (Ada, ada@example.org).", "The duplicate key value is ….")]
    [InlineData(
        "Conversion failed when converting the nvarchar value 'Ada' to data type int.",
        "Conversion failed when converting the nvarchar value … to data type int.")]
    [InlineData("22P02: invalid input syntax for type integer: \"Ada\"", "22P02: invalid input syntax for type integer: …")]
    [InlineData("mail to ada@example.org failed", "mail to … failed")]
    [InlineData("SQLite Error 13: 'database or disk is full'.", "SQLite Error 13: 'database or disk is full'.")]
    public void Logged_exception_has_no_values_from_driver_messages(string message, string expected)
    {
        var line = JsonElement.Parse(
            Assert.Single(Written(logger => logger.LogError(new InvalidOperationException("outer", new FormatException(message)), "failed"))));
        Assert.Equal(
            $"System.InvalidOperationException: outer\ncaused by System.FormatException: {expected}", line.GetProperty("exception").GetString());
    }

    [Fact]
    public async Task Logging_never_blocks_and_lost_lines_are_counted()
    {
        using var output = new Stuck();
        var line = Encoding.UTF8.GetBytes(new string('x', 1023) + "\n");
        using (var queue = new LineQueue(output, Clock))
        {
            queue.Add("first\n"u8);
            await output.Reached.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
            for (var i = 0; i < LineQueue.Capacity / line.Length + 7; i++) queue.Add(line);
            output.Free.Set();
        }

        var lines = Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(1 + (LineQueue.Capacity / line.Length) + 1, lines.Length);
        Assert.Equal(7, JsonElement.Parse(lines[^1]).GetProperty("lost").GetInt32());
    }

    [Fact]
    public void Lines_of_a_failed_write_count_as_lost()
    {
        using var output = new Full();
        using (var queue = new LineQueue(output, Clock))
        {
            queue.Add("one\ntwo\n"u8);
            output.Failed.Wait(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
            queue.Add("three\n"u8);
        }

        var lines = Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("three", lines[0]);
        Assert.Equal(2, JsonElement.Parse(lines[1]).GetProperty("lost").GetInt32());
    }

    [Fact]
    public void Reader_that_never_reads_does_not_block_shutdown()
    {
        var output = new Stuck(); // not disposed of: the writing thread still uses it
        var queue = new LineQueue(output, Clock);
        queue.Add("line\n"u8);
        var start = TimeProvider.System.GetTimestamp();
        queue.Dispose();
        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(20));
        Assert.Equal(0, output.Length);
        output.Free.Set();
    }

    private static string[] Written(Action<ILogger> log)
    {
        using var output = new MemoryStream();
        using (var queue = new LineQueue(output, Clock))
        using (var provider = new JsonLog(Clock, queue)) log(provider.CreateLogger("test"));
        return Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private sealed class Stuck : MemoryStream
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Reached => _reached.Task;

        public ManualResetEventSlim Free { get; } = new();

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            _reached.TrySetResult();
            Free.Wait();
            base.Write(buffer);
        }
    }

    private sealed class Full : MemoryStream
    {
        public ManualResetEventSlim Failed { get; } = new();

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (Failed.IsSet) base.Write(buffer);
            else
            {
                Failed.Set();
                throw new IOException("No space left on device");
            }
        }
    }
}
