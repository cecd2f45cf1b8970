using System.Linq.Expressions;
using CleanUsers.Application.Ports;
using CleanUsers.Application.Users;
using CleanUsers.Domain.Users;
using Microsoft.EntityFrameworkCore.Query;

namespace CleanUsers.Infrastructure.Persistence;

/// <summary>What a list reads of a user, for EF Core's queries and for the prepared statements.</summary>
internal static class ListedUsers
{
    private static readonly Expression<Func<User, string, ListedUser>> Listed = (user, sortText) => new ListedUser(
        new UserDto(user.Id, user.Email, user.Name, user.Age, user.Role, user.Status, user.CreatedAt, user.UpdatedAt, user.Version), user.DeletedAt,
        sortText);

    /// <param name="order">Of the list.</param>
    public static Expression<Func<User, ListedUser>> Of(UserSortKey order) => order switch
    {
        UserSortKey.Email => With(user => user.EmailKey),
        UserSortKey.Name => With(user => user.SortName),
        UserSortKey.Id or UserSortKey.CreatedAt or UserSortKey.UpdatedAt or UserSortKey.DeletedAt => With(_ => ""),
    };

    private static Expression<Func<User, ListedUser>> With(Expression<Func<User, string>> sortText) =>
        Expression.Lambda<Func<User, ListedUser>>(
            new ReplacingExpressionVisitor(Listed.Parameters, [sortText.Parameters[0], sortText.Body]).Visit(Listed.Body), sortText.Parameters);
}
