using CleanUsers.Application.Ports;
using Microsoft.Data.SqlClient;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CleanUsers.Infrastructure.Persistence.SqlServer;

internal static class SqlServerSetup
{
    private static readonly string[] AzureHosts = [".database.windows.net", ".database.chinacloudapi.cn", ".database.usgovcloudapi.net"];

    /// <exception cref="ConnectionStringException">The connection string is not valid.</exception>
    public static IServiceCollection AddSqlServer(this IServiceCollection services, string connectionString)
    {
        var complete = Complete(connectionString);
        return services
            .AddScoped<IUserBulkWriter, SqlServerBulkWriter>()
            .AddSingleton<IUserWriter, SqlServerUserWriter>()
            .AddSingleton<IUserLookup>(provider => provider.GetRequiredService<CompiledUserQueries>())
            .AddScoped<IUserReader>(provider => provider.GetRequiredService<UserReader>())
            .AddScopedContext<SqlServerUsersDbContext>()
            .AddDbContextPool<SqlServerUsersDbContext>(builder => builder
                .UseSqlServer(complete, server => server
                    .ExecutionStrategy(dependencies => new SqlServerRetries(dependencies, TimeProvider.System))
                    .MinBatchSize(1)));
    }

    private static string Complete(string connectionString)
    {
        var given = ConnectionStringParser.Parse<SqlConnectionStringBuilder>(connectionString);
        if (given.DataSource.Length == 0) throw new ConnectionStringException("must name a server in 'Data Source'");
        var defaults = new SqlConnectionStringBuilder
        {
            ApplicationName = "CleanUsers",
            MaxPoolSize = 50,
            // seconds, of connecting and of waiting for a connection; Azure resumes a paused database, and routes through a gateway
            ConnectTimeout = AzureHosts.Any(host => given.DataSource.Contains(host, StringComparison.OrdinalIgnoreCase)) ? 15 : 5,
            // else the pool would repeat a failed login for up to a minute without trying it, also when the server is back
            PoolBlockingPeriod = PoolBlockingPeriod.NeverBlock,
            ConnectRetryCount = 0, // the driver's own retries, ten seconds apart, would be added to those of the execution strategy
        };
        return ServerUsersDbContext.Complete(connectionString, defaults);
    }
}
