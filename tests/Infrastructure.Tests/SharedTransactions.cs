using CleanUsers.Infrastructure.Persistence.Sqlite;
using Microsoft.Data.Sqlite;

namespace CleanUsers.Infrastructure.Tests;

/// <summary>Writers to SQLite that wait for each other share a transaction; each is told the truth about its own write.</summary>
public sealed class SharedTransactions : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cleanusers-").FullName;
    private readonly List<SqliteTransaction> _begun = [];
    private SqliteWriteQueue _queue = null!;
    private string _connectionString = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _connectionString = SqliteConnectionSettings.Complete($"Data Source={Path.Combine(_folder, "test.db")}");
        await SqliteConnectionSettings.CreateAsync(_connectionString, Ct);
        _queue = SqliteWriteQueue.Of(_connectionString);
        await WriteAsync("CREATE TABLE \"Rows\" (\"Id\" INTEGER PRIMARY KEY, \"Text\" TEXT)");
    }

    public ValueTask DisposeAsync()
    {
        _queue.Close();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Waiting_writers_are_committed_together_and_not_before()
    {
        var (turn, others) = await HoldAsync("INSERT INTO \"Rows\" VALUES (1, 'first')", ["INSERT INTO \"Rows\" VALUES (2, 'second')"]);
        turn.SetResult();
        await Task.WhenAll(others);
        Assert.Equal("1,2", await IdsAsync());
        Assert.Single(_begun.Distinct());
    }

    [Fact]
    public async Task Rejected_writer_undoes_its_own_write_alone()
    {
        var (turn, others) = await HoldAsync(
            "INSERT INTO \"Rows\" VALUES (1, 'first')",
            [
                "INSERT INTO \"Rows\" VALUES (2, 'second'); INSERT INTO \"Rows\" VALUES (1, 'taken')",
                "INSERT INTO \"Rows\" VALUES (3, 'third')",
            ]);
        turn.SetResult();
        await others[0];
        await Assert.ThrowsAsync<SqliteException>(() => others[1]);
        await others[2];
        Assert.Equal("1,3", await IdsAsync());
    }

    [Fact]
    public async Task Rejected_first_writer_undoes_its_own_write_alone()
    {
        var (turn, writers) = await HoldAsync("INSERT INTO \"Rows\" VALUES (1, 'first')", ["INSERT INTO \"Rows\" VALUES (2, 'second')"]);
        turn.SetException(new TimeoutException());
        await Assert.ThrowsAsync<TimeoutException>(() => writers[0]);
        await writers[1];
        Assert.Equal("2", await IdsAsync());
    }

    [Fact]
    public async Task Writer_that_gives_up_leaves_nothing_uncommitted()
    {
        var expected = new List<int>();
        for (var i = 0; i < 1000; i += 2)
        {
            using var givesUp = new CancellationTokenSource();
            var turn = new TaskCompletionSource();
            var first = WriteAsync($"INSERT INTO \"Rows\" VALUES ({i}, 'first')", turn.Task);
            var second = WriteAsync($"INSERT INTO \"Rows\" VALUES ({i + 1}, 'second')", ct: givesUp.Token);
            var cancelling = givesUp.CancelAsync(); // on another thread, at about the same time
            Thread.SpinWait(i % 100 * 20);
            turn.SetResult();
            await cancelling;
            await first.WaitAsync(TimeSpan.FromSeconds(20), Ct);
            await Task.WhenAny(second).WaitAsync(TimeSpan.FromSeconds(20), Ct);
            expected.Add(i);
            if (second.IsCompletedSuccessfully) expected.Add(i + 1);
        }

        Assert.Equal(string.Join(',', expected), await IdsAsync());
    }

    /// <summary>SQLite undoes a whole transaction where the disk is full.</summary>
    [Fact]
    public async Task No_writer_is_told_that_a_write_is_stored_which_a_full_disk_has_undone()
    {
        var (turn, others) = await HoldAsync(
            "INSERT INTO \"Rows\" VALUES (1, 'first')",
            [
                "PRAGMA max_page_count = 1; INSERT INTO \"Rows\" VALUES (2, hex(randomblob(100000)))",
                "PRAGMA max_page_count = 1000000; INSERT INTO \"Rows\" VALUES (3, 'third')",
            ]);
        turn.SetResult();
        await Task.WhenAny(Task.WhenAll(others));
        // the reason that is logged is the disk
        Assert.Equal(SQLitePCL.raw.SQLITE_FULL, (await Assert.ThrowsAsync<SqliteException>(() => others[1])).SqliteErrorCode);
        var stored = new[] { (1, others[0]), (3, others[2]) }.Where(writer => writer.Item2.IsCompletedSuccessfully).Select(writer => writer.Item1);
        Assert.Equal(string.Join(',', stored), await IdsAsync());
    }

    /// <summary>A writer that has the turn until the source is completed, and others that wait behind it.</summary>
    private async Task<(TaskCompletionSource Turn, List<Task> Writers)> HoldAsync(string first, IEnumerable<string> others)
    {
        _begun.Clear();
        var turn = new TaskCompletionSource();
        List<Task> writers = [WriteAsync(first, turn.Task)];
        writers.AddRange(others.Select(other => WriteAsync(other)));
        Assert.Equal("", await IdsAsync());
        return (turn, writers);
    }

    private async Task WriteAsync(string statements, Task? hold = null, CancellationToken ct = default) => await _queue.WriteAsync(
        async (session, transaction) =>
        {
            _begun.Add(transaction);
            foreach (var statement in statements.Split(';')) // the driver hides a failure of the second statement of a command
            {
                await using var command = session.Connection.CreateCommand();
                command.Transaction = transaction;
#pragma warning disable CA2100 // the test's own
                command.CommandText = statement;
#pragma warning restore CA2100
                await command.ExecuteNonQueryAsync(ct);
            }

            if (hold is not null) await hold;
            return (0, true);
        },
        ct);

    /// <summary>The rows that are stored, as another connection sees them.</summary>
    private async Task<string> IdsAsync()
    {
        using var session = new SqliteSession(_connectionString);
        await using var command = session.Connection.CreateCommand();
        command.CommandText = "SELECT COALESCE(group_concat(\"Id\"), '') FROM (SELECT \"Id\" FROM \"Rows\" ORDER BY \"Id\")";
        return (string)(await command.ExecuteScalarAsync(Ct))!;
    }
}
