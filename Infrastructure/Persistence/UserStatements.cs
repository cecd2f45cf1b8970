using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using CleanUsers.Application.Ports;
using CleanUsers.Domain.Users;
using Microsoft.EntityFrameworkCore.Storage;

namespace CleanUsers.Infrastructure.Persistence;

/// <summary>
/// The statements that read users without EF Core, through which a read by id costs twice the CPU time (docs/performance.md). For databases that
/// compare rows and have LIMIT.
/// </summary>
internal sealed class UserStatements : IUserLookup
{
    private readonly ConcurrentDictionary<Shape, PreparedStatement> _pages = new();
    private readonly IPreparedConnections _connections;
    private readonly string _tieBreaker;
    private readonly PreparedStatement _get;
    private readonly PreparedStatement _getDeleted;

    public UserStatements(UsersDbContext db, IPreparedConnections connections)
    {
        (Table, _tieBreaker, _connections) = (new(db.Model), db.TieBreaker, connections);
        (_get, _getDeleted) = (MakeGet(deleted: false), MakeGet(deleted: true));
    }

    public UserTable Table { get; }

    private string Select => $"SELECT {Table.List}, {Table.Column(nameof(User.Id))} FROM \"Users\"";

    Task<User?> IUserLookup.GetAsync(UsersDbContext db, long id, bool deleted, CancellationToken ct) => GetAsync(id, deleted, ct);

    public async Task<User?> GetAsync(long id, bool deleted, CancellationToken ct) =>
        await ReadAsync(deleted ? _getDeleted : _get, [id], limit: 1, ct) is [var user] ? user : null;

    /// <summary>A page of users. The filter has no words.</summary>
    public Task<IReadOnlyList<User>> ListAsync(UserQuery query, CancellationToken ct)
    {
        var (statement, values) = Page(query);
        return ReadAsync(statement, values, query.Limit, ct);
    }

    /// <summary>The statement of a page, and the values of its parameters.</summary>
    internal (PreparedStatement Statement, object?[] Values) Page(UserQuery query)
    {
        var filter = query.Filter;
        var shape = new Shape(
            query.Deleted, query.Sort, query.After is not null, filter.EmailKey is not null, filter.Status, filter.Role,
            filter.CreatedFrom is not null, filter.CreatedBefore is not null);
        var values = new List<object?>(6);
        if (filter.EmailKey is { } email) values.Add(email);
        if (filter.CreatedFrom is { } from) values.Add(from);
        if (filter.CreatedBefore is { } before) values.Add(before);
        if (query.After is { } after)
        {
            if (query.Sort.Key is UserSortKey.Email or UserSortKey.Name) values.Add(after.Text);
            else if (query.Sort.Key is not UserSortKey.Id) values.Add(after.Instant);
            values.Add(after.Id);
        }

        values.Add((long)query.Limit);
        return (_pages.GetOrAdd(shape, MakePage), [.. values]);
    }

    private PreparedStatement MakeGet(bool deleted) => new(
        $"{Select} WHERE {Table.Column(nameof(User.Id))} = @p0 AND {Table.Column(nameof(User.DeletedAt))} IS {(deleted ? "NOT " : "")}NULL",
        [Table.Type(nameof(User.Id))]);

    private PreparedStatement MakePage(Shape shape)
    {
        var sql = new StringBuilder(Select);
        var parameters = new List<RelationalTypeMapping>();
        sql.Append(CultureInfo.InvariantCulture, $" WHERE {Table.Column(nameof(User.DeletedAt))} IS {(shape.Deleted ? "NOT " : "")}NULL");
        if (shape.HasEmail) Where(nameof(User.EmailKey), "=");
        // constants: a plan that was made for one value, whose users are few, would be used for the other
        if (shape.Status is { } status) sql.Append(CultureInfo.InvariantCulture, $" AND {Table.Column(nameof(User.Status))} = {(int)status}");
        if (shape.Role is { } role) sql.Append(CultureInfo.InvariantCulture, $" AND {Table.Column(nameof(User.Role))} = {(int)role}");
        if (shape.HasCreatedFrom) Where(nameof(User.CreatedAt), ">=");
        if (shape.HasCreatedBefore) Where(nameof(User.CreatedAt), "<");

        string[] order = shape.Sort.Key switch
        {
            UserSortKey.Id => [nameof(User.Id)],
            UserSortKey.CreatedAt => [nameof(User.CreatedAt), _tieBreaker],
            UserSortKey.UpdatedAt => [nameof(User.UpdatedAt), _tieBreaker],
            UserSortKey.Email => [nameof(User.EmailKey), _tieBreaker],
            UserSortKey.Name => [nameof(User.SortName), _tieBreaker],
            UserSortKey.DeletedAt => [nameof(User.DeletedAt), _tieBreaker],
        };
        if (shape.HasAfter)
        {
            sql.Append(" AND (").AppendJoin(", ", order.Select(Table.Column)).Append(shape.Sort.Descending ? ") < (" : ") > (")
                .AppendJoin(", ", order.Select(Parameter)).Append(')');
        }

        sql.Append(" ORDER BY ").AppendJoin(", ", order.Select(property => Table.Column(property) + (shape.Sort.Descending ? " DESC" : "")));
        sql.Append(CultureInfo.InvariantCulture, $" LIMIT {Parameter(nameof(User.Id))}");
        return new(sql.ToString(), parameters);

        void Where(string property, string comparison) =>
            sql.Append(CultureInfo.InvariantCulture, $" AND {Table.Column(property)} {comparison} {Parameter(property)}");

        string Parameter(string property)
        {
            parameters.Add(Table.Type(property));
            return string.Create(CultureInfo.InvariantCulture, $"@p{parameters.Count - 1}");
        }
    }

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
        await using var connection = await _connections.OpenAsync(ct);
        var command = connection.Command(statement);
        statement.SetValues(command, values);
        var start = Stopwatch.GetTimestamp();
        var users = new List<User>(limit);
        try
        {
            await using var rows = await command.ExecuteReaderAsync(ct);
            while (await rows.ReadAsync(ct)) users.Add(Table.Read(rows));
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

    /// <summary>What decides about the text of a page's statement.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Shape(
        bool Deleted, UserSort Sort, bool HasAfter, bool HasEmail, UserStatus? Status, UserRole? Role, bool HasCreatedFrom, bool HasCreatedBefore);
}
