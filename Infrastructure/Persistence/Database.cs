using System.Data.Common;
using CleanUsers.Application.Ports;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Logging;
using IDatabase = CleanUsers.Application.Ports.IDatabase;

namespace CleanUsers.Infrastructure.Persistence;

internal sealed partial class Database(UsersDbContext db, ILogger<Database> logger) : IDatabase
{
    public async Task<DatabaseState> CheckAsync(CancellationToken ct)
    {
        try
        {
            var (missing, foreign) = await SchemaDifference.FindAsync(db, ct);
            if (foreign.Count > 0)
            {
                LogIncompatibleSchema(logger, string.Join(", ", foreign));
                return DatabaseState.IncompatibleSchema;
            }

            if (missing.Count == 0) return DatabaseState.Ready;
            LogSchemaBehind(logger, string.Join(", ", missing));
            return DatabaseState.SchemaBehind;
        }
        catch (Exception exception) when (exception is DbException || db.IsUnavailable(exception))
        {
            LogUnreachable(logger, exception);
            return DatabaseState.Unreachable;
        }
    }

    public async Task MigrateAsync(CancellationToken ct)
    {
        try
        {
            await db.MigrateAsync(ct);
        }
        catch (Exception exception) when (exception is DbException or IOException or UnauthorizedAccessException || db.IsUnavailable(exception))
        {
            // a statement that a healthy database rejects is a bug of this program
            if (exception is DbException && !db.IsUnavailable(exception) && await db.Database.CanConnectAsync(ct)) throw;

            // the last error, not that several attempts were made
            throw new DatabaseUnavailableException((exception as RetryLimitExceededException)?.InnerException ?? exception);
        }
    }

    public Task<string?> FindAdviceAsync(CancellationToken ct) => db.FindAdviceAsync(ct);

    public Task FindPrimaryAsync(CancellationToken ct) => db.FindPrimaryAsync(ct);

    public bool IsUnavailable(Exception exception) => db.IsUnavailable(exception);

    [LoggerMessage(LogLevel.Warning, "Not ready: the database lacks the migrations {Migrations}.")]
    private static partial void LogSchemaBehind(ILogger logger, string migrations);

    [LoggerMessage(LogLevel.Warning, "Not ready: the schema of the database was made by another build, since it has {Found}.")]
    private static partial void LogIncompatibleSchema(ILogger logger, string found);

    [LoggerMessage(LogLevel.Warning, "Not ready: the database does not respond.")]
    private static partial void LogUnreachable(ILogger logger, Exception exception);
}
