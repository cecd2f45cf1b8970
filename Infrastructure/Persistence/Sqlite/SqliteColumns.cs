using System.Data.Common;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CleanUsers.Infrastructure.Persistence.Sqlite;

/// <summary>
/// Reads the columns of a row as the driver's methods of the same names do. For each value, the driver calls SQLite up to three times to check for
/// null, and guards each call against a release of the statement: for a page of 50 users, that is 30 % of its cost.
/// </summary>
internal static class SqliteColumns
{
    public static bool IsDBNull(DbDataReader row, int column) => ColumnType(Statement(row), column) == raw.SQLITE_NULL;

    public static int GetInt32(DbDataReader row, int column) => checked((int)GetInt64(row, column));

    public static long GetInt64(DbDataReader row, int column) => ColumnInt64(Statement(row), column);

    public static string GetString(DbDataReader row, int column)
    {
        var statement = Statement(row);
        var text = ColumnText(statement, column);
        return Marshal.PtrToStringUTF8(text, ColumnBytes(statement, column)); // the length after the text, which may have to be converted first
    }

    /// <summary>The reader holds it as long as it is not closed.</summary>
    private static nint Statement(DbDataReader row) => ((SqliteDataReader)row).Handle!.DangerousGetHandle();

    [DllImport("e_sqlite3", EntryPoint = "sqlite3_column_type")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory)]
    private static extern int ColumnType(nint statement, int column);

    [DllImport("e_sqlite3", EntryPoint = "sqlite3_column_int64")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory)]
    private static extern long ColumnInt64(nint statement, int column);

    [DllImport("e_sqlite3", EntryPoint = "sqlite3_column_text")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory)]
    private static extern nint ColumnText(nint statement, int column);

    [DllImport("e_sqlite3", EntryPoint = "sqlite3_column_bytes")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory)]
    private static extern int ColumnBytes(nint statement, int column);
}
