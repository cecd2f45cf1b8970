using System.Data;
using CleanUsers.Application.Ports;
using CleanUsers.Domain.Users;
using Microsoft.Data.SqlClient;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace CleanUsers.Infrastructure.Persistence.SqlServer;

/// <summary>
/// SqlBulkCopy: users into a temporary table and from there, as far as their addresses are free, into theirs; then the words of those that
/// were added straight into theirs. T-SQL has no ON CONFLICT: where another transaction takes an address between the look and the write, the unique
/// index rejects the statement, and the batch begins again. Imports wait for each other, since they would deadlock.
/// </summary>
internal sealed class SqlServerBulkWriter(UsersDbContext db, UserTable table) : IUserBulkWriter
{
    internal const string TakeIds =
        """
        DECLARE @first sql_variant;
        EXEC sys.sp_sequence_get_range @sequence_name = N'UserIds', @range_size = @blocks, @range_first_value = @first OUTPUT;
        SELECT CAST(@first AS bigint);
        """;

    /// <summary>Until the end of the transaction. A wait is ended by cancellation alone.</summary>
    internal const string Queue =
        """
        DECLARE @granted int;
        EXEC @granted = sys.sp_getapplock @Resource = N'CleanUsers import', @LockMode = N'Exclusive', @LockOwner = N'Transaction', @LockTimeout = -1;
        IF @granted < 0 THROW 51000, N'The lock of imports was not granted.', 1;
        """;

    /// <summary>In rows: fewer than the locks at which SQL Server locks a whole table, where escalation is not disabled.</summary>
    private const int Slice = 1000;

    /// <summary>A table as that of users is, without its keys and indexes.</summary>
    internal string CreateIncoming => $"""DROP TABLE IF EXISTS "#Incoming"; SELECT TOP (0) "Id", {table.List} INTO "#Incoming" FROM "Users";""";

    internal string InsertIncoming =>
        $"""
        INSERT INTO "Users" ("Id", {table.List}) OUTPUT inserted."Id" SELECT "Id", {table.List} FROM "#Incoming" AS i
        WHERE "Id" >= @from AND "Id" < @to
            AND NOT EXISTS (SELECT 1 FROM "Users" AS u WHERE u."EmailKey" = i."EmailKey" AND u."DeletedAt" IS NULL);
        {table.InsertChanges($"{UserChangeKind.Created:D}", Added)};
        {table.InsertIntoFeed(Added)};
        """;

    private const string Added = """ "Users" WHERE "Id" >= @from AND "Id" < @to""";

    private SqlConnection Connection => (SqlConnection)db.Database.GetDbConnection();

    private SqlTransaction Transaction => (SqlTransaction)db.Database.CurrentTransaction!.GetDbTransaction();

    public async Task<IReadOnlyList<bool>> AddAsync(IReadOnlyList<User> users, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                return await AddOnceAsync(users, ct);
            }
            catch (SqlException exception) when (SqlServerErrors.IsUniqueViolation(exception, UserConfiguration.EmailIndex))
            {
                // the address is another user's now, and the next attempt finds it
            }
        }
    }

    private Task<IReadOnlyList<bool>> AddOnceAsync(IReadOnlyList<User> users, CancellationToken ct)
    {
        var added = new HashSet<long>();
        return db.InTransactionAsync(
            async token =>
            {
                await ExecuteAsync(Queue, token);
                var first = await TakeIdsAsync(users.Count, token);
                added = await AddUsersAsync(users, first, token);
                await AddWordsAsync(users.Select((user, i) => (user, first + i)).Where(pair => added.Contains(pair.Item2)), token);
                return ((IReadOnlyList<bool>)[.. users.Select((_, i) => added.Contains(first + i))], true);
            },
            token => db.FindAddedUsersAsync(added, token),
            ct);
    }

    /// <returns>The first of the given number of ids, in blocks that follow each other.</returns>
    private async Task<long> TakeIdsAsync(int count, CancellationToken ct)
    {
        await using var command = Command(TakeIds);
        command.Parameters.AddWithValue("@blocks", (long)(count + ServerUsersDbContext.IdBlock - 1) / ServerUsersDbContext.IdBlock);
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <returns>The ids of those that were added.</returns>
    private async Task<HashSet<long>> AddUsersAsync(IReadOnlyList<User> users, long first, CancellationToken ct)
    {
        using var rows = new DataTable();
        rows.Columns.Add("Id", typeof(long));
        for (var column = 0; column < table.Names.Count; column++) rows.Columns.Add(table.Names[column], table.Types[column]);
        var keys = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < users.Count; i++)
        {
            if (!keys.Add(users[i].EmailKey)) continue; // the first is added
            rows.Rows.Add(
                [first + i, .. Enumerable.Range(0, table.Names.Count).Select(column => table.Value(column, users[i]) ?? DBNull.Value)]);
        }

        await ExecuteAsync(CreateIncoming, ct);
        await CopyAsync("[#Incoming]", SqlBulkCopyOptions.TableLock, rows, ct);

        var added = new HashSet<long>(users.Count);
        await using var insert = Command(InsertIncoming);
        var from = insert.Parameters.Add("@from", SqlDbType.BigInt);
        var to = insert.Parameters.Add("@to", SqlDbType.BigInt);
        for (var i = 0; i < users.Count; i += Slice)
        {
            (from.Value, to.Value) = (first + i, first + Math.Min(i + Slice, users.Count));
            await using var ids = await insert.ExecuteReaderAsync(ct);
            while (await ids.ReadAsync(ct)) added.Add(ids.GetInt64(0));
            await ids.NextResultAsync(ct); // an error of the records of the changes comes here
        }

        return added;
    }

    private async Task AddWordsAsync(IEnumerable<(User User, long Id)> users, CancellationToken ct)
    {
        using var rows = new DataTable();
        rows.Columns.Add("UserId", typeof(long));
        rows.Columns.Add("Word", typeof(byte[]));
        foreach (var (user, id) in users)
            foreach (var word in SearchText.Words(user.SearchText)) rows.Rows.Add([id, SqlServerUsersDbContext.ToUtf8(word)]);
        await CopyAsync("[UserWords]", SqlBulkCopyOptions.Default, rows, ct);
    }

    private async Task CopyAsync(string table, SqlBulkCopyOptions options, DataTable rows, CancellationToken ct)
    {
        using var copy = new SqlBulkCopy(Connection, options, Transaction) { DestinationTableName = table, BatchSize = Slice };
        foreach (DataColumn column in rows.Columns) copy.ColumnMappings.Add(column.ColumnName, column.ColumnName);
        await copy.WriteToServerAsync(rows, ct);
    }

    private async Task ExecuteAsync(string statement, CancellationToken ct)
    {
        await using var command = Command(statement);
        await command.ExecuteNonQueryAsync(ct);
    }

    private SqlCommand Command(string statement)
    {
        var command = Connection.CreateCommand();
        command.CommandTimeout = 0; // an import may wait for another one; cancellation ends it
        command.Transaction = Transaction;
#pragma warning disable CA2100 // made of the model's names
        command.CommandText = statement;
#pragma warning restore CA2100
        return command;
    }
}
