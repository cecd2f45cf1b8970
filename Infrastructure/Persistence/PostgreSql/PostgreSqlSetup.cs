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
        var settings = Complete(connectionString);
        return services
            .AddSingleton(_ => new PostgreSqlServers(settings))
            .AddScoped<IUserBulkWriter, PostgreSqlBulkWriter>()
            .AddSingleton<IUserWriter, PostgreSqlUserWriter>()
            .AddPreparedStatements(provider => new PostgreSqlConnections(provider.GetRequiredService<PostgreSqlServers>()))
            .AddScopedContext<PostgreSqlUsersDbContext>()
            .AddDbContextPool<PostgreSqlUsersDbContext>((provider, builder) => builder.UseNpgsql(
                provider.GetRequiredService<PostgreSqlServers>().Primary,
                npgsql => npgsql.EnableRetryOnFailure(UsersDbContext.Retries, UsersDbContext.LongestPause, null)));
    }

    private static NpgsqlConnectionStringBuilder Complete(string connectionString)
    {
        var given = ConnectionStringParser.Parse<NpgsqlConnectionStringBuilder>(connectionString);
        if (string.IsNullOrEmpty(given.Host)) throw new ConnectionStringException("must name a server in 'Host'");
        if (PostgreSqlServers.AreSeveral(given) && given.TargetSessionAttributes is not (null or "primary"))
            throw new ConnectionStringException("must have the value 'primary' of 'Target Session Attributes', or none");
        var defaults = new NpgsqlConnectionStringBuilder
        {
            ApplicationName = "CleanUsers",
            MaxPoolSize = 30, // several replicas share the hundred connections that a server has by default
            Timeout = 5, // seconds, of connecting to a server and of waiting for a connection
            HostRecheckSeconds = PostgreSqlServers.RecheckTime,
            MaxAutoPrepare = 50, // the statements of a few dozen kinds of requests, parsed and planned once a connection
            AutoPrepareMinUsages = 2,
            NoResetOnClose = true, // a session has no settings, locks or cursors that could outlive a use; to reset it was a sixth of a get
            GssEncryptionMode = GssEncryptionMode.Disable, // looks for Kerberos at every connection, which container images lack (npgsql/npgsql#6524)
        };
        return new(ServerUsersDbContext.Complete(connectionString, defaults));
    }
}
