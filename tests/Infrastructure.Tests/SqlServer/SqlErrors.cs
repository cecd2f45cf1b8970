using System.Reflection;
using Microsoft.Data.SqlClient;

namespace CleanUsers.Infrastructure.Tests.SqlServer;

/// <summary>Exceptions as the driver throws them; it has no public way to make one.</summary>
internal static class SqlErrors
{
    /// <summary>How the driver ends a command whose token was cancelled (dotnet/SqlClient#26).</summary>
    public static SqlException Cancelled => Exception((0, 11));

    /// <param name="errors">Numbers and severities.</param>
    public static SqlException Exception(params (int Number, byte Class)[] errors) => Exception("", errors);

    public static SqlException Exception(string message, params (int Number, byte Class)[] errors)
    {
        var collection = (SqlErrorCollection)Constructor<SqlErrorCollection>(0).Invoke([]);
        var add = typeof(SqlErrorCollection).GetMethod("Add", BindingFlags.Instance | BindingFlags.NonPublic)!;
        foreach (var (number, severity) in errors)
            add.Invoke(collection, [Constructor<SqlError>(8).Invoke([number, (byte)0, severity, "", message, "", 0, null])]);
        var create = typeof(SqlException).GetMethod(
            "CreateException", BindingFlags.Static | BindingFlags.NonPublic, [typeof(SqlErrorCollection), typeof(string)])!;
        return (SqlException)create.Invoke(null, [collection, ""])!;
    }

    private static ConstructorInfo Constructor<T>(int parameters) => typeof(T)
        .GetConstructors(BindingFlags.Instance | BindingFlags.NonPublic).Single(one => one.GetParameters().Length == parameters);
}
