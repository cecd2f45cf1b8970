using CleanUsers.Application.Ports;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CleanUsers.Infrastructure.Tests.SqlServer;

/// <summary>An export that has to lock what it reads is a warning, once a database.</summary>
public sealed class BlockingExports() : SqlServerStatements(server: "without-row-versions")
{
    [Fact]
    public async Task Export_that_blocks_writers_is_logged_once()
    {
        for (var i = 0; i < 3; i++)
            await InScopeAsync(async scope => await scope.GetRequiredService<IUserReader>().GetSnapshotAsync(new(), Ct).ToListAsync(Ct));
        Assert.Single(Log.Lines, line => line.Level == LogLevel.Warning && line.Message.StartsWith("An export blocks", StringComparison.Ordinal));
    }
}
