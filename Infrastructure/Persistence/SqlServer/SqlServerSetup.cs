using CleanUsers.Application.Ports;
using CleanUsers.Infrastructure.Persistence.Search;
using Microsoft.Data.SqlClient;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CleanUsers.Infrastructure.Persistence.SqlServer;

internal static class SqlServerSetup
{
    /// <exception cref="ArgumentException">The connection string is not valid.</exception>
    public static IServiceCollection AddSqlServer(this IServiceCollection services, string connectionString)
    {
        var complete = Complete(connectionString);
        return services.AddScoped<IUserBulkWriter, SqlServerBulkWriter>().AddDbContextPool<UsersDbContext, SqlServerUsersDbContext>(builder => builder
            .UseSqlServer(complete, server => server
                .EnableRetryOnFailure(UsersDbContext.Retries, UsersDbContext.LongestPause, null)
                .MinBatchSize(1))
            .AddInterceptors(new SearchWordsInterceptor()));
    }

    private static string Complete(string connectionString)
    {
        var given = new SqlConnectionStringBuilder(connectionString);
        if (given.DataSource.Length == 0) throw new ArgumentException("Data Source must name a server.", nameof(connectionString));
        var defaults = new SqlConnectionStringBuilder
        {
            ApplicationName = "CleanUsers",
            MaxPoolSize = 50,
            ConnectTimeout = 5, // seconds, of connecting and of waiting for a connection
            ConnectRetryCount = 0, // the driver's own retries, ten seconds apart, would be added to those of the execution strategy
        };
        return ServerUsersDbContext.Complete(connectionString, defaults);
    }
}
