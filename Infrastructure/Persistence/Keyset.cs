using System.Linq.Expressions;
using CleanUsers.Application.Ports;
using CleanUsers.Domain.Users;

namespace CleanUsers.Infrastructure.Persistence;

/// <summary>Pages that begin after a row instead of at a number (keyset pagination): each costs what the first one costs.</summary>
internal static class Keyset
{
    public static IQueryable<User> PageById(this IQueryable<User> users, UserQuery query)
    {
        if (query.After is { } after)
            users = query.Sort.Descending ? users.Where(user => user.Id < after.Id) : users.Where(user => user.Id > after.Id);
        return users.Ordered(user => user.Id, query.Sort.Descending).Take(query.Limit);
    }

    /// <summary>
    /// In the order of a key that many users may share. After a row come those of the same key and a later id, then those of a later key:
    /// two seeks in the index, however many share the key. <c>key > k OR (key = k AND id > i)</c> would be one scan, and row values,
    /// <c>(key, id) > (k, i)</c>, are not known to SQL Server.
    /// </summary>
    public static IQueryable<User> PageBy<TKey>(this IQueryable<User> users, UserQuery query, Expression<Func<User, TKey>> key, object? after)
    {
        var (descending, limit) = (query.Sort.Descending, query.Limit);
        if (query.After is not { } position) return users.OrderedBy(key, descending).Take(limit);

        var value = Parameter<TKey>(after);
        var same = users.Where(Compare(key, value, ExpressionType.Equal));
        same = descending ? same.Where(user => user.Id < position.Id) : same.Where(user => user.Id > position.Id);
        var later = users.Where(Compare(key, value, descending ? ExpressionType.LessThan : ExpressionType.GreaterThan));
        return same.Ordered(user => user.Id, descending).Take(limit)
            .Concat(later.OrderedBy(key, descending).Take(limit))
            .OrderedBy(key, descending).Take(limit);
    }

    private static IQueryable<User> OrderedBy<TKey>(this IQueryable<User> users, Expression<Func<User, TKey>> key, bool descending) => descending
        ? users.OrderByDescending(key).ThenByDescending(user => user.Id)
        : users.OrderBy(key).ThenBy(user => user.Id);

    private static IQueryable<User> Ordered<TKey>(this IQueryable<User> users, Expression<Func<User, TKey>> key, bool descending) =>
        descending ? users.OrderByDescending(key) : users.OrderBy(key);

    private static Expression<Func<User, bool>> Compare<TKey>(Expression<Func<User, TKey>> key, Expression value, ExpressionType comparison)
    {
        // texts have no operators but == in C#; string.Compare becomes the database's own
        var body = typeof(TKey) == typeof(string) && comparison != ExpressionType.Equal
            ? Expression.MakeBinary(
                comparison,
                Expression.Call(typeof(string), nameof(string.Compare), null, key.Body, value),
                Expression.Constant(0))
            : Expression.MakeBinary(comparison, key.Body, value);
        return Expression.Lambda<Func<User, bool>>(body, key.Parameters);
    }

    // a property of an object instead of a constant: EF Core makes it a parameter, and the statement's plan is used again
    private static MemberExpression Parameter<TKey>(object? value) =>
        Expression.Property(Expression.Constant(new Holder<TKey>((TKey)value!)), nameof(Holder<TKey>.Value));

    private sealed record Holder<TKey>(TKey Value);
}
