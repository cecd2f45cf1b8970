using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using Microsoft.Data.SqlClient;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace CleanUsers.Infrastructure.Tests.SqlServer;

/// <summary>
/// In the place of a SQL Server: accepts every command of the provider and returns the results of an empty database. Ids are consecutive, each
/// change affects one row, counts are <see cref="Count"/>.
/// </summary>
internal sealed partial class FakeSqlServer : IDbConnectionInterceptor, IDbTransactionInterceptor, IDbCommandInterceptor
{
    public List<string> Commands { get; } = [];

    public int Count { get; set; }

    /// <summary>The greatest id.</summary>
    public const long LastId = 1_000_000;

    // the last number that an insert got
    private long _given;

    /// <summary>How many rows the next changes affect; 1 when there are no more numbers.</summary>
    public Queue<int> Affected { get; } = new();

    /// <summary>Of the transactions that were begun.</summary>
    public List<IsolationLevel> IsolationLevels { get; } = [];

    /// <summary>Of the connections that were opened.</summary>
    public List<string> ConnectionStrings { get; } = [];

    /// <summary>The timeouts of the commands, in seconds.</summary>
    public List<int> Timeouts { get; } = [];

    /// <summary>Runs before each command returns its result.</summary>
    public Func<string, CancellationToken, Task>? Executing { get; set; }

    /// <summary>Runs before each connection is open.</summary>
    public Action? Opening { get; set; }

    public InterceptionResult ConnectionOpening(DbConnection connection, ConnectionEventData eventData, InterceptionResult result)
    {
        ConnectionStrings.Add(connection.ConnectionString);
        Opening?.Invoke();
        return InterceptionResult.Suppress();
    }

    public ValueTask<InterceptionResult> ConnectionOpeningAsync(
        DbConnection connection, ConnectionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(ConnectionOpening(connection, eventData, result));

    public ValueTask<InterceptionResult<DbTransaction>> TransactionStartingAsync(
        DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result,
        CancellationToken cancellationToken = default)
    {
        IsolationLevels.Add(eventData.IsolationLevel);
        return ValueTask.FromResult(InterceptionResult<DbTransaction>.SuppressWithResult(new Transaction(connection)));
    }

    public InterceptionResult<DbCommand> CommandCreating(CommandCorrelatedEventData eventData, InterceptionResult<DbCommand> result) =>
        InterceptionResult<DbCommand>.SuppressWithResult(new Command(this));

    private sealed class Transaction(DbConnection connection) : DbTransaction
    {
        public override IsolationLevel IsolationLevel => IsolationLevel.ReadCommitted;

        protected override DbConnection DbConnection => connection;

        public override void Commit()
        {
        }

        public override void Rollback()
        {
        }
    }

    /// <summary>With the parameters of the real one.</summary>
    private sealed partial class Command(FakeSqlServer server) : DbCommand
    {
        private readonly SqlCommand _real = new();

        [AllowNull]
        public override string CommandText { get; set; } = "";

        public override int CommandTimeout { get; set; } = 30; // as of the real one

        public override CommandType CommandType { get; set; }

        public override bool DesignTimeVisible { get; set; }

        public override UpdateRowSource UpdatedRowSource { get; set; }

        protected override DbConnection? DbConnection { get; set; }

        protected override DbParameterCollection DbParameterCollection => _real.Parameters;

        protected override DbTransaction? DbTransaction { get; set; }

        /// <summary>What a write returns: the number that the server gave, or that a row was written.</summary>
        [GeneratedRegex(@"\bOUTPUT (?<given>INSERTED)?", RegexOptions.NonBacktracking)]
        private static partial Regex Output { get; }

        public override void Cancel()
        {
        }

        public override int ExecuteNonQuery()
        {
            Record();
            return server.Affected.TryDequeue(out var rows) ? rows : 1;
        }

        public override async Task<int> ExecuteNonQueryAsync(CancellationToken cancellationToken)
        {
            await ExecutingAsync(cancellationToken);
            return ExecuteNonQuery();
        }

        public override async Task<object?> ExecuteScalarAsync(CancellationToken cancellationToken)
        {
            await ExecutingAsync(cancellationToken);
            return ExecuteScalar();
        }

        public override object? ExecuteScalar()
        {
            Record();
            return CommandText.Contains("sp_getapplock", StringComparison.Ordinal) ? 0 : (object)(long)server.Commands.Count;
        }

        public override void Prepare()
        {
        }

        protected override DbParameter CreateDbParameter() => _real.CreateParameter();

        protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior)
        {
            Record();
            if (CommandText.StartsWith("SELECT COUNT_BIG(", StringComparison.Ordinal)) return Numbers((long)server.Count);
            if (CommandText.StartsWith("SELECT MAX(", StringComparison.Ordinal)) return Numbers(LastId);
            if (CommandText.StartsWith("SELECT COUNT(", StringComparison.Ordinal)) return Numbers(server.Count);
            if (CommandText.Contains("snapshot_isolation_state", StringComparison.Ordinal)) return Numbers(server.Count);
            if (CommandText.StartsWith("SELECT CASE", StringComparison.Ordinal)) return Numbers(server.Count > 0);
            if (CommandText.Contains("FROM @taken;", StringComparison.Ordinal)) return Numbers(server.Count);
            var changes = Output.Matches(CommandText);
            if (changes.Count == 0) return Nothing();
            return new DataTableReader([.. changes.Select(change => change.Groups["given"].Success ? Row(++server._given) : Row(1))]);
        }

        protected override async Task<DbDataReader> ExecuteDbDataReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken)
        {
            await ExecutingAsync(cancellationToken);
            return ExecuteDbDataReader(behavior);
        }

        protected override void Dispose(bool disposing)
        {
            _real.Dispose();
            base.Dispose(disposing);
        }

        private Task ExecutingAsync(CancellationToken ct) => server.Executing?.Invoke(CommandText, ct) ?? Task.CompletedTask;

        private void Record()
        {
            server.Commands.Add(CommandText);
            server.Timeouts.Add(CommandTimeout);
        }

        /// <summary>No row, and at least as many columns as a query reads.</summary>
        private static DataTableReader Nothing()
        {
            using var table = new DataTable();
            for (var i = 0; i < 30; i++) table.Columns.Add(FormattableString.Invariant($"Column{i}"), typeof(int));
            return table.CreateDataReader();
        }

        /// <summary>A result set of one row and one column.</summary>
        private static DataTableReader Numbers<T>(T number) => new(Row(number));

        private static DataTable Row<T>(T number)
        {
            var table = new DataTable();
            table.Columns.Add("Value", typeof(T));
            table.Rows.Add([number]);
            return table;
        }
    }
}
