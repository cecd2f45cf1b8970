using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace CleanUsers.Infrastructure.Tests;

/// <summary>Has the database explain the queries of a test, before it executes them.</summary>
/// <param name="explain">What is put before a query; empty where plans are not a result set.</param>
/// <param name="column">Of the result that has the text.</param>
public sealed class PlanRecorder(string explain, int column) : DbCommandInterceptor
{
    private readonly AsyncLocal<List<string>?> _plan = new();

    public async Task<List<string>> RecordAsync(Func<Task> queries)
    {
        var plan = _plan.Value = [];
        try
        {
            await queries();
        }
        finally
        {
            _plan.Value = null;
        }

        return plan;
    }

    public override async ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        if (_plan.Value is { } plan && explain.Length > 0)
        {
            var query = command.CommandText;
#pragma warning disable CA2100 // the query that is about to be executed
            command.CommandText = $"{explain} {query}";
#pragma warning restore CA2100
            await using (var rows = await command.ExecuteReaderAsync(cancellationToken))
                while (await rows.ReadAsync(cancellationToken)) plan.Add(rows.GetString(column));
            command.CommandText = query;
        }

        return result;
    }
}
