using CleanUsers.Application.Ports;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace CleanUsers.Infrastructure.Persistence.PostgreSql;

internal static class PostgreSqlSetup
{
    /// <exception cref="ConnectionStringException">The connection string is not valid.</exception>
    public static IServiceCollection AddPostgreSql(this IServiceCollection services, string connectionString)
    {
        var complete = Complete(connectionString);
        return services
            .AddScoped<IUserBulkWriter, PostgreSqlBulkWriter>()
            .AddPreparedStatements<PostgreSqlUserWriter>(_ => new PostgreSqlReadConnections(complete))
            .AddDbContextPool<UsersDbContext, PostgreSqlUsersDbContext>(builder => builder
            .UseNpgsql(complete, npgsql => npgsql.EnableRetryOnFailure(UsersDbContext.Retries, UsersDbContext.LongestPause, null)));
    }

    private static string Complete(string connectionString)
    {
        var given = ConnectionStringParser.Parse<NpgsqlConnectionStringBuilder>(connectionString);
        if (string.IsNullOrEmpty(given.Host)) throw new ConnectionStringException("must name a server in 'Host'");
        var defaults = new NpgsqlConnectionStringBuilder
        {
            ApplicationName = "CleanUsers",
            MaxPoolSize = 30, // several replicas share the hundred connections that a server has by default
            Timeout = 5, // seconds, of connecting and of waiting for a connection
            MaxAutoPrepare = 50, // the statements of a few dozen kinds of requests, parsed and planned once a connection
            AutoPrepareMinUsages = 2,
            GssEncryptionMode = GssEncryptionMode.Disable, // looks for Kerberos at every connection, which container images lack (npgsql/npgsql#6524)
        };
        return ServerUsersDbContext.Complete(connectionString, defaults);
    }
}
