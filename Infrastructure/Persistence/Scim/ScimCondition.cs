using System.Linq.Expressions;
using CleanUsers.Application.Ports;
using CleanUsers.Domain.Scim;
using CleanUsers.Domain.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;

namespace CleanUsers.Infrastructure.Persistence.Scim;

/// <summary>
/// A filter as a condition on users. What an index serves becomes <c>"Id" IN (…)</c>, of few ids, and stays a look into the index inside of
/// <c>and</c>. Everything else becomes a test of one user, by its id (<see cref="Has"/>): however such tests are joined, they cost each user a few
/// looks.
/// </summary>
internal static class ScimCondition
{
    /// <summary>No stored text has this character, so it marks the end of a text.</summary>
    private const string End = "\u0001";

    public static Expression<Func<User, bool>> Of(ScimFilter filter, UsersDbContext db) => filter switch
    {
        ScimFilter.Both(var left, var right) => Join(Of(left, db), Of(right, db), Expression.AndAlso),
        ScimFilter.Either(var left, var right) => Join(Of(left, db), Of(right, db), Expression.OrElse),
        ScimFilter.Not(var negated) => Negate(Of(negated, db)),
        ScimFilter.Always(var matches) => matches ? user => true : user => false,
        ScimFilter.HasId(var id) => user => user.Id == id,
        ScimFilter.IsActive => user => user.Status == EF.Constant(UserStatus.Active),
        ScimFilter.Text text => OfText(text, db),
        ScimFilter.Email email => OfEmail(email, db),
        ScimFilter.HasEmail(var type) => HasEmail(type, db),
        ScimFilter.Instant instant => OfInstant(instant),
        ScimFilter.IsPresent(var attribute) => IsPresent(attribute, db),
        _ => throw new NotSupportedException($"No condition for {filter}."),
    };

    private static Expression<Func<User, bool>> OfText(ScimFilter.Text text, UsersDbContext db)
    {
        var isEqual = text.Comparison == ScimComparison.Equal;
        var compares = Compares(text.Comparison, text.Value);
        var users = db.Set<ScimUser>();
        return text.Attribute switch
        {
            ScimMember.UserName => isEqual ? IsNamed(text.Value, db) : On(NameKey, compares),
            ScimMember.ExternalId => users.Where(On<ScimUser>(user => user.ExternalId!, compares)) is var found && isEqual
                ? In(found.Select(user => user.UserId))
                : IsAmong(found),
            ScimMember.GivenName => IsAmong(users.Where(On<ScimUser>(user => user.GivenNameKey!, compares))),
            ScimMember.FamilyName => IsAmong(users.Where(On<ScimUser>(user => user.FamilyNameKey!, compares))),
            ScimMember.DisplayName => throw new NotSupportedException("Names of users are stored without a form that is compared."),
        };
    }

    private static Expression<Func<User, string>> NameKey => user => EF.Property<string?>(user, UserConfiguration.UserNameKey) ?? user.EmailKey;

    /// <summary>The user that SCIM has given the name; else the one whose address it is, and that SCIM has not named.</summary>
    private static Expression<Func<User, bool>> IsNamed(string key, UsersDbContext db)
    {
        var named = db.Users.Where(user => EF.Property<string?>(user, UserConfiguration.UserNameKey) == key);
        var unnamed = db.Users.Where(
            user => user.EmailKey == key && EF.Property<string?>(user, UserConfiguration.UserNameKey) == null && !named.Any());
        return In(named.Select(user => user.Id).Concat(unnamed.Select(user => user.Id)));
    }

    private static Expression<Func<User, bool>> OfEmail(ScimFilter.Email email, UsersDbContext db)
    {
        var compares = Compares(email.Comparison, email.Value);
        var isPrimary = On<User>(user => user.EmailKey, compares);
        if (email.Type is { } type) isPrimary = Join(isPrimary, IsOfType(type, db), Expression.AndAlso);
        var others = OthersOfType(email.Type, db).Where(On<ScimEmail>(other => other.Key, compares));
        return email.Comparison == ScimComparison.Equal
            ? In(db.Users.Where(isPrimary).Select(user => user.Id).Concat(others.Select(other => other.UserId)))
            : Join(isPrimary, Has(others.Select(other => other.UserId)), Expression.OrElse);
    }

    private static Expression<Func<User, bool>> HasEmail(string? type, UsersDbContext db)
    {
        if (type is null) return user => true;
        var others = OthersOfType(type, db);
        return Join(IsOfType(type, db), Has(others.Select(other => other.UserId)), Expression.OrElse);
    }

    /// <summary>Whether the user's own address has the type.</summary>
    private static Expression<Func<User, bool>> IsOfType(string type, UsersDbContext db)
    {
        var users = db.Set<ScimUser>();
        var isOfType = IsAmong(users.Where(scim => scim.EmailType == type));
        return type == ScimEmails.DefaultType ? Join(isOfType, Negate(IsAmong(users)), Expression.OrElse) : isOfType;
    }

    private static IQueryable<ScimEmail> OthersOfType(string? type, UsersDbContext db) =>
        type is null ? db.Set<ScimEmail>() : db.Set<ScimEmail>().Where(email => email.Type == type);

    private static Expression<Func<User, bool>> OfInstant(ScimFilter.Instant instant)
    {
        Expression<Func<User, DateTimeOffset>> attribute = instant.Attribute switch
        {
            ScimInstant.Created => user => user.CreatedAt,
            ScimInstant.LastModified => user => user.UpdatedAt,
        };
        var value = instant.Value;
        Expression<Func<DateTimeOffset, bool>> compares = instant.Comparison switch
        {
            ScimComparison.Equal => time => time == value,
            ScimComparison.Greater => time => time > value,
            ScimComparison.GreaterOrEqual => time => time >= value,
            ScimComparison.Less => time => time < value,
            ScimComparison.LessOrEqual => time => time <= value,
            _ => throw new NotSupportedException($"Instants do not compare by {instant.Comparison}."),
        };
        return Expression.Lambda<Func<User, bool>>(
            ReplacingExpressionVisitor.Replace(compares.Parameters[0], attribute.Body, compares.Body), attribute.Parameters);
    }

    private static Expression<Func<User, bool>> IsPresent(ScimMember attribute, UsersDbContext db)
    {
        var users = db.Set<ScimUser>();
        return attribute switch
        {
            ScimMember.UserName => user => true,
            ScimMember.DisplayName => user => user.Name != null,
            ScimMember.ExternalId => IsAmong(users.Where(user => user.ExternalId != null)),
            ScimMember.GivenName => IsAmong(users.Where(user => user.GivenName != null)),
            ScimMember.FamilyName => IsAmong(users.Where(user => user.FamilyName != null)),
        };
    }

    /// <summary>
    /// Functions that every database computes exactly: <see cref="string.StartsWith(string)"/> becomes LIKE, which on SQLite has no regard to case.
    /// </summary>
    private static Expression<Func<string, bool>> Compares(ScimComparison comparison, string value)
    {
        var ending = value + End;
#pragma warning disable CA1858, CA2249 // they suggest what becomes LIKE
        return comparison switch
        {
            ScimComparison.Equal => text => text == value,
            ScimComparison.StartsWith => text => text.IndexOf(value) == 0,
            ScimComparison.Contains => text => text.IndexOf(value) >= 0,
            ScimComparison.EndsWith => text => text != null && (text + End).IndexOf(ending) >= 0, // null and a text would be that text
            ScimComparison.Greater => text => string.Compare(text, value) > 0,
            ScimComparison.GreaterOrEqual => text => string.Compare(text, value) >= 0,
            ScimComparison.Less => text => string.Compare(text, value) < 0,
            ScimComparison.LessOrEqual => text => string.Compare(text, value) <= 0,
        };
#pragma warning restore CA1858, CA2249
    }

    private static Expression<Func<User, bool>> IsAmong(IQueryable<ScimUser> found) => Has(found.Select(scim => scim.UserId));

    /// <summary>A number, since PostgreSQL makes a join of each bare EXISTS, and expects far fewer users of it than there are.</summary>
    private static Expression<Func<User, bool>> Has(IQueryable<long> ids) => user => (ids.Any(id => id == user.Id) ? 1 : 0) == 1;

    private static Expression<Func<User, bool>> In(IQueryable<long> ids) => user => ids.Contains(user.Id);

    private static Expression<Func<User, bool>> Negate(Expression<Func<User, bool>> condition) =>
        Expression.Lambda<Func<User, bool>>(Expression.Not(condition.Body), condition.Parameters);

    private static Expression<Func<T, bool>> On<T>(Expression<Func<T, string>> text, Expression<Func<string, bool>> compares) =>
        Expression.Lambda<Func<T, bool>>(ReplacingExpressionVisitor.Replace(compares.Parameters[0], text.Body, compares.Body), text.Parameters);

    private static Expression<Func<User, bool>> Join(
        Expression<Func<User, bool>> left, Expression<Func<User, bool>> right, Func<Expression, Expression, Expression> join) =>
        Expression.Lambda<Func<User, bool>>(
            join(left.Body, ReplacingExpressionVisitor.Replace(right.Parameters[0], left.Parameters[0], right.Body)), left.Parameters);
}
