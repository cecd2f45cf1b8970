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

    public ValueTask<InterceptionResult> ConnectionOpeningAsync(
        DbConnection connection, ConnectionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(InterceptionResult.Suppress());

    public ValueTask<InterceptionResult<DbTransaction>> TransactionStartingAsync(
        DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result,
        CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(InterceptionResult<DbTransaction>.SuppressWithResult(new Transaction(connection)));

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

        public override int CommandTimeout { get; set; }

        public override CommandType CommandType { get; set; }

        public override bool DesignTimeVisible { get; set; }

        public override UpdateRowSource UpdatedRowSource { get; set; }

        protected override DbConnection? DbConnection { get; set; }

        protected override DbParameterCollection DbParameterCollection => _real.Parameters;

        protected override DbTransaction? DbTransaction { get; set; }

        [GeneratedRegex(@"\bOUTPUT\b", RegexOptions.NonBacktracking)]
        private static partial Regex Output { get; }

        public override void Cancel()
        {
        }

        public override int ExecuteNonQuery()
        {
            server.Commands.Add(CommandText);
            return 1;
        }

        public override object? ExecuteScalar()
        {
            server.Commands.Add(CommandText);
            return (long)server.Commands.Count;
        }

        public override void Prepare()
        {
        }

        protected override DbParameter CreateDbParameter() => _real.CreateParameter();

        protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior)
        {
            server.Commands.Add(CommandText);
            if (CommandText.StartsWith("SELECT COUNT_BIG(", StringComparison.Ordinal)) return Numbers((long)server.Count);
            if (CommandText.StartsWith("SELECT COUNT(", StringComparison.Ordinal)) return Numbers(server.Count);
            var changes = Output.Count(CommandText);
            return changes > 0 ? Numbers([.. Enumerable.Repeat(1, changes)]) : Nothing();
        }

        protected override void Dispose(bool disposing)
        {
            _real.Dispose();
            base.Dispose(disposing);
        }

        /// <summary>No row, and at least as many columns as a query reads.</summary>
        private static DataTableReader Nothing()
        {
            using var table = new DataTable();
            for (var i = 0; i < 30; i++) table.Columns.Add(FormattableString.Invariant($"Column{i}"), typeof(int));
            return table.CreateDataReader();
        }

        /// <summary>A result set of one row and one column for each.</summary>
        private static DataTableReader Numbers<T>(params T[] numbers) => new([.. numbers.Select(number =>
        {
            var table = new DataTable();
            table.Columns.Add("Number", typeof(T));
            table.Rows.Add([number]);
            return table;
        })]);
    }
}
