using System.Linq.Expressions;
using System.Reflection;
using CleanUsers.Application.Ports;
using CleanUsers.Domain.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;

namespace CleanUsers.Infrastructure.Persistence;

/// <summary>
/// Pages that begin after a row instead of at a number (keyset pagination): each costs what the first one costs. For SQL Server, which has no
/// comparison of rows; the other databases read pages by <see cref="UserStatements"/>.
/// </summary>
internal static class Keyset
{
    private static readonly MethodInfo Compare = typeof(string).GetMethod(nameof(string.Compare), [typeof(string), typeof(string)])!;

    public static IQueryable<User> PageById(this IQueryable<User> users, UserQuery query)
    {
        if (query.After is { } after)
            users = query.Sort.Descending ? users.Where(user => user.Id < after.Id) : users.Where(user => user.Id > after.Id);
        return (query.Sort.Descending ? users.OrderByDescending(user => user.Id) : users.OrderBy(user => user.Id)).Take(query.Limit);
    }

    /// <summary>In the order of a key that many users may share; the id breaks ties.</summary>
    public static IQueryable<User> PageBy<TKey>(
        this IQueryable<User> users, UserQuery query, Expression<Func<User, TKey>> key, Func<UserPosition, TKey> after)
    {
        var descending = query.Sort.Descending;
        Expression<Func<User, long>> id = user => user.Id;
        if (query.After is not { } position) return First(users);

        // properties of an object instead of constants: EF Core makes them parameters, and the statement is used again
        var row = Expression.Constant(new Row<TKey>(after(position), position.Id));
        var type = Nullable.GetUnderlyingType(typeof(TKey)) ?? typeof(TKey);
        var (rowKey, rowId) = (As(type, Expression.Property(row, nameof(Row<>.Key))), Expression.Property(row, nameof(Row<>.Id)));
        var (userKey, userId) = (As(type, ReplacingExpressionVisitor.Replace(key.Parameters[0], id.Parameters[0], key.Body)), id.Body);

        // two seeks of a page at most: the rest of those who share the key, and those beyond it
        var rest = Expression.AndAlso(Expression.Equal(userKey, rowKey), IsBeyond(userId, rowId));
        return First(First(users.Where(Is(rest))).Concat(First(users.Where(Is(IsBeyond(userKey, rowKey))))));

        IQueryable<User> First(IQueryable<User> from) =>
            (descending ? from.OrderByDescending(key).ThenByDescending(id) : from.OrderBy(key).ThenBy(id)).Take(query.Limit);

        Expression<Func<User, bool>> Is(Expression condition) => Expression.Lambda<Func<User, bool>>(condition, id.Parameters);

        Expression IsBeyond(Expression user, Expression place)
        {
            if (type == typeof(string) && user.Type == type) (user, place) = (Expression.Call(Compare, user, place), Expression.Constant(0));
            return descending ? Expression.LessThan(user, place) : Expression.GreaterThan(user, place);
        }
    }

    /// <summary>A value as that type. A conversion to the type that it has already would cost EF Core a compilation at each query.</summary>
    public static Expression As(Type type, Expression value) => value.Type == type ? value : Expression.Convert(value, type);

    private sealed record Row<TKey>(TKey Key, long Id);
}
