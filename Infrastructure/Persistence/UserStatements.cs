using System.Collections.Concurrent;
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
    private readonly ConcurrentDictionary<Conditions, PreparedStatement> _counts = new();
    private readonly UserTable _table;
    private readonly IPreparedConnections _connections;
    private readonly PreparedQueries _queries;
    private readonly RarestWord _rarestWord;
    private readonly CompiledUserQueries _inTransaction;
    private readonly UserRows _rows;
    private readonly string _tieBreaker;
    private readonly PreparedStatement _get;
    private readonly PreparedStatement _getDeleted;
    private readonly PreparedStatement _lastId;

    public UserStatements(
        UsersDbContext db, UserTable table, IPreparedConnections connections, RarestWord rarestWord, CompiledUserQueries inTransaction)
    {
        _inTransaction = inTransaction;
        (_table, _tieBreaker, _connections, _queries, _rarestWord) = (table, db.TieBreaker, connections, new(connections), rarestWord);
        _rows = new(db.Model, table, connections.Columns);
        (_get, _getDeleted) = (MakeGet(deleted: false), MakeGet(deleted: true));
        _lastId = new($"SELECT coalesce(max({_table.Column(nameof(User.Id))}), 0) FROM \"Users\"", []);
    }

    public Task<User?> GetAsync(ScopedContext db, long id, bool deleted, CancellationToken ct) =>
        db.IsInTransaction ? _inTransaction.GetAsync(db, id, deleted, ct) : GetAsync(id, deleted, ct);

    private async Task<User?> GetAsync(long id, bool deleted, CancellationToken ct) =>
        await _queries.ReadAsync((deleted ? _getDeleted : _get, [id]), _rows.Whole, limit: 1, ct) is [var user] ? user : null;

    /// <summary>A page of users. The words of a search are looked at first, see <see cref="RarestWord"/>.</summary>
    public async Task<IReadOnlyList<ListedUser>> ListAsync(UserQuery query, CancellationToken ct)
    {
        if (query.Filter.Words is not { } words) return await ReadPageAsync(query, rarest: null, reach: null, ct);
        var (rarest, reach) = await _rarestWord.FindAsync(words, query.Limit, limit => LookAsync(words, limit, ct), () => GetLastIdAsync(ct));
        if (rarest is null)
        {
            // the users of one word are everywhere in the order of ids and times, and a statement with a reach costs more for each user
            if (words.Count == 1 && query.Sort.Key is not (UserSortKey.Email or UserSortKey.Name))
                return await ReadPageAsync(query, rarest: null, reach: null, ct);
            var found = await ReadPageAsync(query, rarest: null, reach, ct);
            if (found.Count == query.Limit || !await GoesBeyondAsync(query, reach, ct)) return found;
            rarest = words.MaxBy(word => word.Length); // the longest word is the rarest, most of the time
        }

        return await ReadPageAsync(query, rarest, reach: null, ct);
    }

    /// <summary>The statement of a page, and the values of its parameters.</summary>
    /// <param name="rarest">The word of a search whose users are looked at; null if users are read in their order.</param>
    /// <param name="reach">How many of them are read at most; null for all.</param>
    internal (PreparedStatement Statement, object?[] Values) Page(UserQuery query, string? rarest = null, int? reach = null)
    {
        var common = query.Filter.Words?.Where(word => word != rarest).ToArray() ?? [];
        var values = ValuesOfConditions(query);
        if (rarest is not null) values.AddRange(rarest, UserSearch.After(rarest));
        if (reach is not null) values.Add((long)reach);
        foreach (var word in common) values.Add(SearchText.Start(word));
        values.Add((long)query.Limit);
        var shape = new Shape(ConditionsOf(query), query.Sort, rarest is not null, reach is not null, common.Length);
        return (_pages.GetOrAdd(shape, MakePage), [.. values]);
    }

    private Task<IReadOnlyList<ListedUser>> ReadPageAsync(UserQuery query, string? rarest, int? reach, CancellationToken ct) =>
        _queries.ReadAsync(Page(query, rarest, reach), _rows.Listed(query.Sort.Key).Read, query.Limit, ct);

    private static Conditions ConditionsOf(UserQuery query) => new(
        query.Deleted, query.Filter.EmailKey is not null, query.Filter.Status, query.Filter.Role, query.Filter.CreatedFrom is not null,
        query.Filter.CreatedBefore is not null, query.After is null ? null : query.Sort);

    private static List<object?> ValuesOfConditions(UserQuery query)
    {
        var (filter, values) = (query.Filter, new List<object?>(8));
        if (filter.EmailKey is { } email) values.Add(email);
        if (filter.CreatedFrom is { } from) values.Add(from);
        if (filter.CreatedBefore is { } before) values.Add(before);
        if (query.After is { } after)
        {
            if (query.Sort.Key is UserSortKey.Email or UserSortKey.Name) values.Add(after.Text);
            else if (query.Sort.Key is not UserSortKey.Id) values.Add(after.Instant);
            values.Add(after.Id);
        }

        return values;
    }

    private PreparedStatement MakeGet(bool deleted)
    {
        var (id, deletedAt) = (_table.Column(nameof(User.Id)), _table.Column(nameof(User.DeletedAt)));
        return new(
            $"""
            SELECT {_table.List}, {id} FROM "Users"
            WHERE {id} = {PreparedStatement.Parameter(0)} AND {deletedAt} IS {(deleted ? "NOT " : "")}NULL
            """,
            [_table.Type(nameof(User.Id))]);
    }

    private PreparedStatement MakePage(Shape shape)
    {
        var parameters = new List<RelationalTypeMapping>();
        var users = $"\"Users\" WHERE {Where(shape.Conditions, parameters)}";
        if (shape.HasRareWord)
        {
            var (from, to) = (Parameter(parameters, nameof(User.SearchText)), Parameter(parameters, nameof(User.SearchText)));
            var having = $"SELECT \"UserId\" FROM \"UserWords\" WHERE \"Word\" >= {from} AND \"Word\" < {to}";
            users += $" AND {_table.Column(nameof(User.Id))} {_connections.OneOf(having)}";
        }

        var order = string.Join(", ", Order(shape.Sort).Select(property => _table.Column(property) + (shape.Sort.Descending ? " DESC" : "")));
        if (shape.HasReach) users = $"(SELECT * FROM {users} ORDER BY {order} LIMIT {Parameter(parameters, nameof(User.Id))}) \"Users\" WHERE true";
        for (var i = 0; i < shape.CommonWords; i++)
            users += $" AND {_connections.Find}({_table.Column(nameof(User.SearchText))}, {Parameter(parameters, nameof(User.SearchText))}) > 0";
        var columns = _rows.Listed(shape.Sort.Key).Columns;
        return new($"SELECT {columns} FROM {users} ORDER BY {order} LIMIT {Parameter(parameters, nameof(User.Id))}", parameters);
    }

    /// <summary>The condition for all that a query wants but for the words of a search.</summary>
    private string Where(Conditions conditions, List<RelationalTypeMapping> parameters)
    {
        var sql = new StringBuilder();
        sql.Append(CultureInfo.InvariantCulture, $"{_table.Column(nameof(User.DeletedAt))} IS {(conditions.Deleted ? "NOT " : "")}NULL");
        if (conditions.HasEmail) Compare(nameof(User.EmailKey), "=");
        // constants: a plan that was made for one value, whose users are few, would be used for the other
        if (conditions.Status is { } status) sql.Append(CultureInfo.InvariantCulture, $" AND {_table.Column(nameof(User.Status))} = {(int)status}");
        if (conditions.Role is { } role) sql.Append(CultureInfo.InvariantCulture, $" AND {_table.Column(nameof(User.Role))} = {(int)role}");
        if (conditions.HasCreatedFrom) Compare(nameof(User.CreatedAt), ">=");
        if (conditions.HasCreatedBefore) Compare(nameof(User.CreatedAt), "<");
        if (conditions.After is { } sort)
        {
            var order = Order(sort);
            sql.Append(" AND (").AppendJoin(", ", order.Select(_table.Column)).Append(sort.Descending ? ") < (" : ") > (")
                .AppendJoin(", ", order.Select(property => Parameter(parameters, property))).Append(')');
        }

        return sql.ToString();

        void Compare(string property, string comparison) => sql.Append(
            CultureInfo.InvariantCulture, $" AND {_table.Column(property)} {comparison} {Parameter(parameters, property)}");
    }

    private string[] Order(UserSort sort) => sort.Key switch
    {
        UserSortKey.Id => [nameof(User.Id)],
        UserSortKey.CreatedAt => [nameof(User.CreatedAt), _tieBreaker],
        UserSortKey.UpdatedAt => [nameof(User.UpdatedAt), _tieBreaker],
        UserSortKey.Email => [nameof(User.EmailKey), _tieBreaker],
        UserSortKey.Name => [nameof(User.SortName), _tieBreaker],
        UserSortKey.DeletedAt => [nameof(User.DeletedAt), _tieBreaker],
    };

    /// <summary>The next parameter, for a value like those of a property.</summary>
    private string Parameter(List<RelationalTypeMapping> parameters, string property)
    {
        parameters.Add(_table.Type(property));
        return PreparedStatement.Parameter(parameters.Count - 1);
    }

    /// <summary>Whether more users than that meet all conditions but the words of the search.</summary>
    private async Task<bool> GoesBeyondAsync(UserQuery query, int reach, CancellationToken ct)
    {
        var statement = _counts.GetOrAdd(ConditionsOf(query), conditions =>
        {
            var parameters = new List<RelationalTypeMapping>();
            var users = $"SELECT 1 FROM \"Users\" WHERE {Where(conditions, parameters)} LIMIT {Parameter(parameters, nameof(User.Id))}";
            return new($"SELECT count(*) FROM ({users}) u", parameters);
        });
        return await _queries.GetNumberAsync(statement, [.. ValuesOfConditions(query), reach + 1L], ct) > reach;
    }

    /// <summary>How many entries the index has for each word of a search, as far as the limit.</summary>
    private async Task<IReadOnlyList<long>> LookAsync(IReadOnlyList<string> words, int limit, CancellationToken ct)
    {
        object?[] values = [.. words.SelectMany(word => (string[])[word, UserSearch.After(word)]), (long)limit];
        var rows = await _queries.ReadAsync(
            (_looks.GetOrAdd(words.Count, MakeLook), values), row => words.Select((_, i) => row.GetInt64(i)).ToList(), limit: 1, ct);
        return rows[0];
    }

    private PreparedStatement MakeLook(int words)
    {
        var limit = PreparedStatement.Parameter(2 * words);
        var counts = Enumerable.Range(0, words).Select(i => (PreparedStatement.Parameter(2 * i), PreparedStatement.Parameter((2 * i) + 1))).Select(
            ((string From, string To) word) =>
                $"""
                (SELECT count(*) FROM
                    (SELECT 1 FROM "UserWords" WHERE "Word" >= {word.From} AND "Word" < {word.To} LIMIT {limit}) w)
                """);
        return new(
            $"SELECT {string.Join(", ", counts)}",
            [.. Enumerable.Repeat(_table.Type(nameof(User.SearchText)), 2 * words), _table.Type(nameof(User.Id))]);
    }

    /// <summary>The greatest id, which is about the number of users, and found at once.</summary>
    private Task<long> GetLastIdAsync(CancellationToken ct) => _queries.GetNumberAsync(_lastId, [], ct);

    /// <summary>What decides about the text of a page's statement.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Shape(Conditions Conditions, UserSort Sort, bool HasRareWord, bool HasReach, int CommonWords);

    /// <param name="After">The order of a position that a page comes after.</param>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Conditions(
        bool Deleted, bool HasEmail, UserStatus? Status, UserRole? Role, bool HasCreatedFrom, bool HasCreatedBefore, UserSort? After);
}
