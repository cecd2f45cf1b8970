using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace CleanUsers.Infrastructure.Tests;

/// <summary>A migration of millions of users takes longer than a command may otherwise take.</summary>
public sealed class MigrationTimeouts(MigratingOnStartup.EmptyPostgreSql store) : IClassFixture<MigratingOnStartup.EmptyPostgreSql>
{
    private readonly Store _store = store.Present();

    [Fact]
    public async Task Commands_of_a_migration_have_no_timeout()
    {
        var timeouts = new Timeouts();
        await using var services = _store.Services().Intercept(timeouts).BuildServiceProvider();
        await services.MigrateOnStartupAsync();
        Assert.NotEmpty(timeouts.OfCreation);
        Assert.All(timeouts.OfCreation, timeout => Assert.Equal(0, timeout));
    }

    private sealed class Timeouts : DbCommandInterceptor
    {
        /// <summary>Of the commands that create tables and indexes, in seconds.</summary>
        public List<int> OfCreation { get; } = [];

        public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
        {
            if (command.CommandText.Contains("CREATE", StringComparison.Ordinal)) OfCreation.Add(command.CommandTimeout);
            return base.NonQueryExecutingAsync(command, eventData, result, cancellationToken);
        }
    }
}
