using System.Collections.Concurrent;
using System.Data.Common;
using System.Linq.Expressions;
using System.Reflection;
using CleanUsers.Application.Ports;
using CleanUsers.Domain.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace CleanUsers.Infrastructure.Persistence;

/// <summary>
/// Reads rows of users for the statements that are not EF Core's. Names, types and conversions are the model's: what is read here is what EF Core
/// would have read.
/// </summary>
internal sealed class UserRows
{
    private static readonly MethodInfo IsNull = typeof(DbDataReader).GetMethod(nameof(DbDataReader.IsDBNull))!;

    private readonly ConcurrentDictionary<UserSortKey, Listing> _listings = new();
    private readonly IEntityType _entity;
    private readonly UserTable _table;
    private readonly Type? _columns;
    private readonly Lazy<Func<DbDataReader, User>> _whole;

    /// <param name="columns">See <see cref="IPreparedConnections.Columns"/>.</param>
    public UserRows(IModel model, UserTable table, Type? columns)
    {
        (_entity, _table, _columns) = (model.FindEntityType(typeof(User))!, table, columns);
        _whole = new(CompileWhole);
    }

    /// <summary>The user in a row of <see cref="UserTable.List"/> and, after it, the id.</summary>
    public User Whole(DbDataReader row) => _whole.Value(row);

    /// <summary>What a list in this order reads.</summary>
    public Listing Listed(UserSortKey order) => _listings.GetOrAdd(order, CompileListing);

    private Func<DbDataReader, User> CompileWhole()
    {
        var row = Expression.Parameter(typeof(DbDataReader));
        var user = Expression.Variable(typeof(User));
        return Expression.Lambda<Func<DbDataReader, User>>(
            Expression.Block(
                [user],
                [
                    Expression.Assign(user, Expression.New(typeof(User).GetConstructor(BindingFlags.Instance | BindingFlags.NonPublic, [])!)),
                    .. _table.Properties.Select((property, column) => (Expression)Expression.Assign(
                        Expression.Property(user, property.PropertyInfo!), ValueOf(row, property, column))),
                    user,
                ]),
            row).Compile();
    }

    private Listing CompileListing(UserSortKey order)
    {
        var row = Expression.Parameter(typeof(DbDataReader));
        var columns = new PropertiesAsColumns(this, row);
        var listed = columns.Visit(ListedUsers.Of(order).Body);
        return new(
            string.Join(", ", columns.Properties.Select(property => _table.Column(property.Name))),
            Expression.Lambda<Func<DbDataReader, ListedUser>>(listed, row).Compile());
    }

    private Expression ValueOf(Expression row, IProperty property, int column)
    {
        var type = property.GetRelationalTypeMapping();
        Expression value = Read(row, type.GetDataReaderMethod(), column);
        if (type.Converter is { } converter)
        {
            var convert = converter.ConvertFromProviderExpression;
            value = Expression.Invoke(convert, Keyset.As(convert.Parameters[0].Type, value));
        }

        value = Keyset.As(property.ClrType, value);
        return property.IsNullable ? Expression.Condition(Read(row, IsNull, column), Expression.Default(property.ClrType), value) : value;
    }

    private MethodCallExpression Read(Expression row, MethodInfo method, int column)
    {
        var own = _columns?.GetMethod(method.Name, [typeof(DbDataReader), typeof(int)]);
        return own is not null
            ? Expression.Call(own, row, Expression.Constant(column))
            : Expression.Call(Expression.Convert(row, method.DeclaringType!), method, Expression.Constant(column));
    }

    /// <param name="Columns">Of the table of users, in quotes, with commas between them.</param>
    /// <param name="Read">Reads the user in a row of these columns.</param>
    public sealed record Listing(string Columns, Func<DbDataReader, ListedUser> Read);

    /// <summary>Puts columns of a row, in the order in which they come, in place of the properties of a user.</summary>
    private sealed class PropertiesAsColumns(UserRows rows, ParameterExpression row) : ExpressionVisitor
    {
        public List<IProperty> Properties { get; } = [];

        protected override Expression VisitMember(MemberExpression node)
        {
            if (node.Expression?.Type != typeof(User)) return base.VisitMember(node);
            Properties.Add(rows._entity.FindProperty(node.Member.Name)!);
            return rows.ValueOf(row, Properties[^1], Properties.Count - 1);
        }
    }
}
