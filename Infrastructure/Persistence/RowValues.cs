using System.Linq.Expressions;
using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;

namespace CleanUsers.Infrastructure.Persistence;

/// <summary>
/// SQL's comparison of rows, <c>(key, id) > (k, i)</c>, for queries: one seek in an index over key and id, however many rows share the key.
/// EF Core has no function for it. These methods are only translated to SQL: calling them throws.
/// </summary>
internal static class RowValues
{
    public static bool IsAfter(string key, long id, string k, long i) => throw Untranslated();

    public static bool IsBefore(string key, long id, string k, long i) => throw Untranslated();

    public static bool IsAfter(DateTimeOffset key, long id, DateTimeOffset k, long i) => throw Untranslated();

    public static bool IsBefore(DateTimeOffset key, long id, DateTimeOffset k, long i) => throw Untranslated();

    /// <summary>The comparison of a user's key and id with those of a position, for the key's type.</summary>
    public static MethodInfo Comparison(Type key, bool descending) => typeof(RowValues).GetMethod(
        descending ? nameof(IsBefore) : nameof(IsAfter), [key, typeof(long), key, typeof(long)])!;

    public static void AddRowValues(this ModelBuilder model)
    {
        foreach (var key in (Type[])[typeof(string), typeof(DateTimeOffset)])
        {
            model.HasDbFunction(Comparison(key, descending: false)).Becomes(ExpressionType.GreaterThan);
            model.HasDbFunction(Comparison(key, descending: true)).Becomes(ExpressionType.LessThan);
        }
    }

    private static void Becomes(this DbFunctionBuilder function, ExpressionType comparison) => function.HasTranslation(arguments =>
    {
        var (key, id, k, i) = (arguments[0], arguments[1], arguments[2], arguments[3]);
        // as the column is stored, not as its type would be by default
        if (k is SqlParameterExpression parameter) k = parameter.ApplyTypeMapping(key.TypeMapping);
        return new SqlBinaryExpression(comparison, Row(key, id), Row(k, i), typeof(bool), typeMapping: null);
    });

    // a function without a name is its arguments in brackets
    private static SqlFunctionExpression Row(SqlExpression key, SqlExpression id) =>
        new("", [key, id], nullable: false, argumentsPropagateNullability: [false, false], typeof(long), id.TypeMapping);

    private static InvalidOperationException Untranslated() => new("Only for queries.");
}
