using System.Linq.Expressions;
using CleanUsers.Application.Ports;
using CleanUsers.Domain.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;

namespace CleanUsers.Infrastructure.Persistence;

/// <summary>Pages that begin after a row instead of at a number (keyset pagination): each costs what the first one costs.</summary>
internal static class Keyset
{
    public static IQueryable<User> PageById(this IQueryable<User> users, UserQuery query)
    {
        if (query.After is { } after)
            users = query.Sort.Descending ? users.Where(user => user.Id < after.Id) : users.Where(user => user.Id > after.Id);
        return (query.Sort.Descending ? users.OrderByDescending(user => user.Id) : users.OrderBy(user => user.Id)).Take(query.Limit);
    }

    /// <summary>In the order of a key that many users may share; the id breaks ties.</summary>
    public static IQueryable<User> PageBy<TKey>(
        this IQueryable<User> users, UserQuery query, string tieBreaker, Expression<Func<User, TKey>> key, Func<UserPosition, TKey> after)
    {
        var id = Id(tieBreaker);
        if (query.After is { } position) users = users.Where(IsBeyond(key, id, after(position), position.Id, query.Sort.Descending));
        var ordered = query.Sort.Descending ? users.OrderByDescending(key).ThenByDescending(id) : users.OrderBy(key).ThenBy(id);
        return ordered.Take(query.Limit);
    }

    private static Expression<Func<User, bool>> IsBeyond<TKey>(
        Expression<Func<User, TKey>> key, Expression<Func<User, long>> id, TKey value, long valueId, bool descending)
    {
        var type = Nullable.GetUnderlyingType(typeof(TKey)) ?? typeof(TKey);
        // properties of an object instead of constants: EF Core makes them parameters, and the statement is used again
        var row = Expression.Constant(new Row<TKey>(value, valueId));
        return Expression.Lambda<Func<User, bool>>(
            Expression.Call(
                RowValues.Comparison(type, descending),
                As(type, ReplacingExpressionVisitor.Replace(key.Parameters[0], id.Parameters[0], key.Body)),
                id.Body,
                As(type, Expression.Property(row, nameof(Row<TKey>.Key))),
                Expression.Property(row, nameof(Row<TKey>.Id))),
            id.Parameters);
    }

    // a conversion to the type that it has already would cost a compilation at each query
    private static Expression As(Type type, Expression value) => value.Type == type ? value : Expression.Convert(value, type);

    private static Expression<Func<User, long>> Id(string property) => user => EF.Property<long>(user, property);

    private sealed record Row<TKey>(TKey Key, long Id);
}
