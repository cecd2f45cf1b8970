using System.Data.Common;
using System.Diagnostics;

namespace CleanUsers.Infrastructure.Persistence;

/// <summary>Executes prepared statements that read.</summary>
internal sealed class PreparedQueries(IPreparedConnections connections)
{
    /// <summary>Retries after a transient failure, as EF Core does: a read changes nothing.</summary>
    public async Task<IReadOnlyList<T>> ReadAsync<T>(
        (PreparedStatement Statement, object?[] Values) query, Func<DbDataReader, T> read, int limit, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ReadOnceAsync(query.Statement, query.Values, read, limit, ct);
            }
            catch (DbException exception) when (exception.IsTransient && attempt <= UsersDbContext.Retries)
            {
                await UsersDbContext.PauseAsync(attempt, ct);
            }
        }
    }

    /// <summary>The one number that a query returns.</summary>
    public async Task<long> GetNumberAsync(PreparedStatement statement, object?[] values, CancellationToken ct) =>
        (await ReadAsync((statement, values), row => row.GetInt64(0), limit: 1, ct))[0];

    private async Task<IReadOnlyList<T>> ReadOnceAsync<T>(
        PreparedStatement statement, object?[] values, Func<DbDataReader, T> read, int limit, CancellationToken ct)
    {
        await using var connection = await connections.OpenAsync(ct);
        var command = connection.Command(statement);
        statement.SetValues(command, values);
        var start = Stopwatch.GetTimestamp();
        var found = new List<T>(limit);
        try
        {
            await using var rows = await command.ExecuteReaderAsync(ct);
            while (await rows.ReadAsync(ct)) found.Add(read(rows));
        }
        catch (DbException exception)
        {
            DatabaseTelemetry.Record(DatabaseTelemetry.Query, start, exception);
            throw;
        }

        DatabaseTelemetry.Record(DatabaseTelemetry.Query, start);
        connection.Complete();
        return found;
    }
}
