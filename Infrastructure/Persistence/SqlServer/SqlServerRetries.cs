using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace CleanUsers.Infrastructure.Persistence.SqlServer;

/// <summary>
/// Retries after transient failures, as EF Core's own strategy does, within a bound: while a server is out of reach each attempt can take the whole
/// connect timeout. And the one place where a cancelled command becomes the exception that all other code expects.
/// </summary>
internal sealed class SqlServerRetries(ExecutionStrategyDependencies dependencies, TimeProvider clock)
    : SqlServerRetryingExecutionStrategy(dependencies, UsersDbContext.Retries, UsersDbContext.LongestPause, errorNumbersToAdd: null)
{
    /// <summary>No attempt begins later than this after the first failure.</summary>
    internal static readonly TimeSpan LongestTime = TimeSpan.FromSeconds(5);

    private long? _firstFailure;

    public override async Task<TResult> ExecuteAsync<TState, TResult>(
        TState state,
        Func<DbContext, TState, CancellationToken, Task<TResult>> operation,
        Func<DbContext, TState, CancellationToken, Task<ExecutionResult<TResult>>>? verifySucceeded,
        CancellationToken cancellationToken = default)
    {
        _firstFailure = null;
        try
        {
            return await base.ExecuteAsync(state, operation, verifySucceeded, cancellationToken);
        }
        catch (Exception exception) when (SqlServerErrors.IsCancellation(exception, cancellationToken))
        {
            throw new OperationCanceledException(exception.Message, exception, cancellationToken);
        }
    }

    protected override TimeSpan? GetNextDelay(Exception lastException)
    {
        _firstFailure ??= clock.GetTimestamp();
        return clock.GetElapsedTime(_firstFailure.Value) < LongestTime ? base.GetNextDelay(lastException) : null;
    }
}
