using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace CleanUsers.Infrastructure.Tests;

/// <summary>Reads the database's plan of each query before the query runs.</summary>
/// <param name="explain">The command that returns a plan.</param>
/// <param name="column">Which column of the plan has the text.</param>
internal sealed class Explainer(string explain, int column) : DbCommandInterceptor
{
    public List<List<string>> Plans { get; } = [];

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        var statement = command.CommandText;
        if (!statement.StartsWith("SELECT", StringComparison.Ordinal))
            return base.ReaderExecutingAsync(command, eventData, result, cancellationToken);
        command.CommandText = $"{explain} {statement}";
        using (var rows = command.ExecuteReader())
        {
            var plan = new List<string>();
            while (rows.Read()) plan.Add(rows.GetString(column));
            Plans.Add(plan);
        }

        command.CommandText = statement;
        return base.ReaderExecutingAsync(command, eventData, result, cancellationToken);
    }
}
