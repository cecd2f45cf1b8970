using System.Data.Common;
using CleanUsers.Application.Ports;
using CleanUsers.Infrastructure.Idempotency;
using CleanUsers.Infrastructure.Persistence;
using CleanUsers.Infrastructure.Persistence.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CleanUsers.Infrastructure;

public static class DependencyInjection
{
    /// <summary>The ports' implementations. The host adds logging.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="options">Which database.</param>
    /// <param name="connectionString">Where it is; null only where it is embedded.</param>
    /// <exception cref="ArgumentException">The connection string is none.</exception>
    public static IServiceCollection AddInfrastructure(this IServiceCollection services, DatabaseOptions options, string? connectionString) => services
        .AddSingleton(options)
        .AddDatabase(options, connectionString)
        .AddSignals()
        .AddScoped<IDatabase, Database>()
        .AddScoped<IUserRepository, UserRepository>()
        .AddScoped<IUserReader, UserReader>()
        .AddScoped<IIdempotencyStore, IdempotencyStore>();

    /// <exception cref="DatabaseUnavailableException">The database is out of reach.</exception>
    /// <summary>Creates or updates the schema, where the configuration says that the service does it itself.</summary>
    public static async Task MigrateOnStartupAsync(this IServiceProvider services)
    {
        if (!services.GetRequiredService<DatabaseOptions>().ShouldMigrateOnStartup) return;
        await using var scope = services.CreateAsyncScope();
        try
        {
            await scope.ServiceProvider.GetRequiredService<IDatabase>().MigrateAsync(CancellationToken.None);
        }
        catch (Exception exception) when (exception is DbException or IOException or UnauthorizedAccessException)
        {
            throw new DatabaseUnavailableException(exception);
        }
    }

    private static IServiceCollection AddDatabase(this IServiceCollection services, DatabaseOptions options, string? connectionString) =>
        options.Provider switch
        {
            DatabaseProvider.Sqlite => services.AddSqlite(connectionString ?? DatabaseOptions.EmbeddedDatabase),
        };

    private static IServiceCollection AddSignals(this IServiceCollection services)
    {
        CommandSignals.Listen();
        default(UserCounts).Commit(); // the totals are there, and 0, before there is a user
        return services;
    }

    private static IServiceCollection AddSqlite(this IServiceCollection services, string connectionString)
    {
        var complete = SqliteConnections.Complete(connectionString);
        return services.AddDbContextPool<UsersDbContext, SqliteUsersDbContext>(builder => builder
            .UseSqlite(complete)
            .AddInterceptors(new SqliteConnections()));
    }
}
