using System.Data.Common;
using System.Diagnostics;
using CleanUsers.Application.Ports;
using CleanUsers.Domain.Users;

namespace CleanUsers.Infrastructure.Persistence;

/// <summary>Reads one user, or a page of users, by prepared statements; everything else is read through EF Core.</summary>
/// <param name="others">Made only where it is needed: a context costs more than the statement.</param>
internal sealed class PreparedUserReader(UserStatements statements, IPreparedConnections connections, Func<UserReader> others) : IUserReader
{
    public async Task<User?> GetAsync(long id, CancellationToken ct) => await GetAsync(deleted: false, id, ct);

    public async Task<User?> GetDeletedAsync(long id, CancellationToken ct) => await GetAsync(deleted: true, id, ct);

    public async Task<IReadOnlyList<User>> ListAsync(UserQuery query, CancellationToken ct)
    {
        if (query.Filter.Words is not null) return await others().ListAsync(query, ct);
        var (statement, values) = statements.Page(query);
        return await ReadAsync(statement, values, query.Limit, ct);
    }

    public Task<IReadOnlyList<User>> GetByEmailAsync(IReadOnlyCollection<string> emailKeys, CancellationToken ct) =>
        others().GetByEmailAsync(emailKeys, ct);

    public IAsyncEnumerable<User> GetSnapshotAsync(UserFilter filter, CancellationToken ct) => others().GetSnapshotAsync(filter, ct);

    public Task<long> CountAsync(UserQuery query, CancellationToken ct) => others().CountAsync(query, ct);

    private async Task<User?> GetAsync(bool deleted, long id, CancellationToken ct) =>
        await ReadAsync(statements.Get(deleted), [id], limit: 1, ct) is [var user] ? user : null;

    /// <summary>Retries after a transient failure, as EF Core does: a read changes nothing.</summary>
    private async Task<IReadOnlyList<User>> ReadAsync(PreparedStatement statement, object?[] values, int limit, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ReadOnceAsync(statement, values, limit, ct);
            }
            catch (DbException exception) when (exception.IsTransient && attempt <= UsersDbContext.Retries)
            {
                await Task.Delay(UsersDbContext.LongestPause * attempt / UsersDbContext.Retries, ct);
            }
        }
    }

    private async Task<IReadOnlyList<User>> ReadOnceAsync(PreparedStatement statement, object?[] values, int limit, CancellationToken ct)
    {
        await using var connection = await connections.OpenAsync(ct);
        var command = connection.Command(statement);
        statement.SetValues(command, values);
        var start = Stopwatch.GetTimestamp();
        var users = new List<User>(limit);
        try
        {
            await using var rows = await command.ExecuteReaderAsync(ct);
            while (await rows.ReadAsync(ct)) users.Add(statements.Table.Read(rows));
        }
        catch (DbException exception)
        {
            DatabaseTelemetry.Record(DatabaseTelemetry.Query, start, exception);
            throw;
        }

        DatabaseTelemetry.Record(DatabaseTelemetry.Query, start);
        connection.Complete();
        return users;
    }
}
