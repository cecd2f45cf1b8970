using Microsoft.Data.SqlClient;

namespace CleanUsers.Infrastructure.Persistence.SqlServer;

/// <summary>
/// What the errors of SQL Server and its driver mean (Microsoft Learn, "Database Engine events and errors"). One exception can hold several errors,
/// and its own number is only that of the first.
/// </summary>
internal static class SqlServerErrors
{
    public const int DatabaseExists = 1801;

    private const int ForeignKeyViolation = 547;
    private const int UniqueIndexViolation = 2601;
    private const int UniqueConstraintViolation = 2627;

    /// <summary>Severities from here on are about the server's resources, not about the statement.</summary>
    public const int SeverityOfResources = 17;

    /// <summary>
    /// Of a cancelled command, with severity 11 (dotnet/SqlClient#26), and also of a session that was killed or lost in a failover: only the token
    /// tells which.
    /// </summary>
    private const int CancelledOrKilled = 0;

    private const string Driver = "Microsoft.Data.SqlClient";

    /// <summary>Of lesser severity, and yet the server can't serve a valid request now.</summary>
    internal static readonly int[] OutOfReach =
    [
        CancelledOrKilled,
        -2, // timeout
        1205, 1222, 3960, 3961, // deadlock, lock or snapshot not available, after all retries
        3906, 3908, // read-only, emergency mode
        4060, 4064, 18452, 18456, 18470, 18486, 18487, 18488, // no such database, login rejected, disabled, locked or expired
        229, 230, 262, 916, // no right to an object, a column, to create one, to the database
        4221, 18401, 18451, 18461, // a secondary that waits for versions, login during a script upgrade, shutdown, single user
        921, 922, 923, 924, 926, 927, 942, 945, 952, 976, 978, 979, 982, 983, 988, // recovering, restoring, offline, of another replica
        3967, // the version store is full
        6005, 17142, 17187, 17188, 17189, 17190, 17191, 17192, 17193, 17194, 17195, 17196, 17197, // shutting down, paused, starting
        10936, 40197, 40501, 40549, 40550, 40551, 40552, 40553, 40613, 40615, 40914, 47073, 49918, 49919, 49920, // limits, firewall, busy (Azure)
        207, 208, // the schema lacks a column, a table
    ];

    public static bool IsUnavailable(Exception cause) => cause switch
    {
        SqlException exception => Errors(exception).Any(error => error.Class >= SeverityOfResources || OutOfReach.Contains(error.Number)),
        // how the driver reports that its pool is exhausted; a bulk copy reports errors of its caller by the same type
        InvalidOperationException { Source: Driver } exception =>
            exception.StackTrace?.Contains(nameof(SqlBulkCopy), StringComparison.Ordinal) != true,
        _ => false,
    };

    /// <summary>
    /// True if the driver ended a command because its token was cancelled. It reports that as an error of the server, or as an invalid operation
    /// (dotnet/efcore#29861), where other drivers throw <see cref="OperationCanceledException"/>.
    /// </summary>
    public static bool IsCancellation(Exception exception, CancellationToken ct) => ct.IsCancellationRequested && Causes(exception).Any(
        cause => cause is InvalidOperationException { Source: Driver }
            || (cause is SqlException error && Errors(error).Any(one => one.Number == CancelledOrKilled)));

    public static bool IsUniqueViolation(SqlException exception, string index) => Errors(exception).Any(error =>
        error.Number is UniqueIndexViolation or UniqueConstraintViolation && error.Message.Contains(index, StringComparison.OrdinalIgnoreCase));

    public static bool IsForeignKeyViolation(SqlException exception) => Errors(exception).Any(error => error.Number == ForeignKeyViolation);

    private static IEnumerable<SqlError> Errors(SqlException exception) => exception.Errors.Cast<SqlError>();

    private static IEnumerable<Exception> Causes(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException) yield return cause;
    }
}
