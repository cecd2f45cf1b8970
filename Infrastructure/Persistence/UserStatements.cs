using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using CleanUsers.Application.Ports;
using CleanUsers.Domain.Users;
using CleanUsers.Infrastructure.Persistence.Search;
using Microsoft.EntityFrameworkCore.Storage;

namespace CleanUsers.Infrastructure.Persistence;

/// <summary>
/// The statements that read users without EF Core, through which a read by id costs twice the CPU time (docs/performance.md). For databases that
/// compare rows and have LIMIT.
/// </summary>
internal sealed class UserStatements : IUserLookup
{
    private readonly ConcurrentDictionary<Shape, PreparedStatement> _pages = new();
    private readonly ConcurrentDictionary<int, PreparedStatement> _looks = new();
    private readonly IPreparedConnections _connections;
    private readonly RarestWord _rarestWord;
    private readonly string _tieBreaker;
    private readonly PreparedStatement _get;
    private readonly PreparedStatement _getDeleted;
    private readonly PreparedStatement _lastId;

    public UserStatements(UsersDbContext db, IPreparedConnections connections, RarestWord rarestWord)
    {
        (Table, _tieBreaker, _connections, _rarestWord) = (new(db.Model, connections.Columns), db.TieBreaker, connections, rarestWord);
        (_get, _getDeleted) = (MakeGet(deleted: false), MakeGet(deleted: true));
        _lastId = new($"SELECT coalesce(max({Table.Column(nameof(User.Id))}), 0) FROM \"Users\"", []);
    }

    public UserTable Table { get; }

    private string Select => $"SELECT {Table.List}, {Table.Column(nameof(User.Id))} FROM \"Users\"";

    Task<User?> IUserLookup.GetAsync(UsersDbContext db, long id, bool deleted, CancellationToken ct) => GetAsync(id, deleted, ct);

    public async Task<User?> GetAsync(long id, bool deleted, CancellationToken ct) =>
        await ReadAsync(deleted ? _getDeleted : _get, [id], Table.Read, limit: 1, ct) is [var user] ? user : null;

    /// <summary>A page of users. The words of a search are looked at first, see <see cref="RarestWord"/>.</summary>
    public async Task<IReadOnlyList<User>> ListAsync(UserQuery query, CancellationToken ct)
    {
        var rarest = query.Filter.Words is { } words
            ? await _rarestWord.FindAsync(words, query.Limit, limit => LookAsync(words, limit, ct), () => GetLastIdAsync(ct))
            : null;
        var (statement, values) = Page(query, rarest);
        return await ReadAsync(statement, values, Table.Read, query.Limit, ct);
    }

    /// <summary>The statement of a page, and the values of its parameters.</summary>
    /// <param name="rarest">The word of a search whose users are looked at; null if users are read in their order.</param>
    internal (PreparedStatement Statement, object?[] Values) Page(UserQuery query, string? rarest = null)
    {
        var filter = query.Filter;
        var common = filter.Words?.Where(word => word != rarest).ToArray() ?? [];
        var shape = new Shape(
            query.Deleted, query.Sort, query.After is not null, filter.EmailKey is not null, filter.Status, filter.Role,
            filter.CreatedFrom is not null, filter.CreatedBefore is not null, rarest is not null, common.Length);
        var values = new List<object?>(8);
        if (filter.EmailKey is { } email) values.Add(email);
        if (filter.CreatedFrom is { } from) values.Add(from);
        if (filter.CreatedBefore is { } before) values.Add(before);
        if (rarest is not null) values.AddRange(rarest, UserSearch.After(rarest));
        foreach (var word in common) values.Add(SearchText.Start(word));
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
        if (shape.HasRareWord)
        {
            var (from, to) = (Parameter(nameof(User.SearchText)), Parameter(nameof(User.SearchText)));
            var having = $"SELECT \"UserId\" FROM \"UserWords\" WHERE \"Word\" >= {from} AND \"Word\" < {to}";
            sql.Append(CultureInfo.InvariantCulture, $" AND {Table.Column(nameof(User.Id))} {_connections.OneOf(having)}");
        }

        for (var i = 0; i < shape.CommonWords; i++)
        {
            var text = Table.Column(nameof(User.SearchText));
            sql.Append(CultureInfo.InvariantCulture, $" AND {_connections.Find}({text}, {Parameter(nameof(User.SearchText))}) > 0");
        }

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

    /// <summary>How many entries the index has for each word of a search, as far as the limit.</summary>
    private async Task<IReadOnlyList<long>> LookAsync(IReadOnlyList<string> words, int limit, CancellationToken ct)
    {
        object?[] values = [.. words.SelectMany(word => (string[])[word, UserSearch.After(word)]), (long)limit];
        var rows = await ReadAsync(
            _looks.GetOrAdd(words.Count, MakeLook), values, row => words.Select((_, i) => row.GetInt64(i)).ToList(), limit: 1, ct);
        return rows[0];
    }

    private PreparedStatement MakeLook(int words)
    {
        var counts = Enumerable.Range(0, words).Select(i => string.Create(
            CultureInfo.InvariantCulture,
            $"(SELECT count(*) FROM (SELECT 1 FROM \"UserWords\" WHERE \"Word\" >= @p{2 * i} AND \"Word\" < @p{(2 * i) + 1} LIMIT @p{2 * words}) w)"));
        return new(
            $"SELECT {string.Join(", ", counts)}",
            [.. Enumerable.Repeat(Table.Type(nameof(User.SearchText)), 2 * words), Table.Type(nameof(User.Id))]);
    }

    /// <summary>The greatest id, which is about the number of users, and found at once.</summary>
    private async Task<long> GetLastIdAsync(CancellationToken ct) => (await ReadAsync(_lastId, [], row => row.GetInt64(0), limit: 1, ct))[0];

    /// <summary>Retries after a transient failure, as EF Core does: a read changes nothing.</summary>
    private async Task<IReadOnlyList<T>> ReadAsync<T>(
        PreparedStatement statement, object?[] values, Func<DbDataReader, T> read, int limit, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ReadOnceAsync(statement, values, read, limit, ct);
            }
            catch (DbException exception) when (exception.IsTransient && attempt <= UsersDbContext.Retries)
            {
                await Task.Delay(UsersDbContext.LongestPause * attempt / UsersDbContext.Retries, ct);
            }
        }
    }

    private async Task<IReadOnlyList<T>> ReadOnceAsync<T>(
        PreparedStatement statement, object?[] values, Func<DbDataReader, T> read, int limit, CancellationToken ct)
    {
        await using var connection = await _connections.OpenAsync(ct);
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

    /// <summary>What decides about the text of a page's statement.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Shape(
        bool Deleted, UserSort Sort, bool HasAfter, bool HasEmail, UserStatus? Status, UserRole? Role, bool HasCreatedFrom, bool HasCreatedBefore,
        bool HasRareWord, int CommonWords);
}
