using CleanUsers.Application.Ports;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;

namespace CleanUsers.Infrastructure.Persistence.Sqlite;

internal static class SqliteSetup
{
    /// <exception cref="ConnectionStringException">The connection string is not valid, or names no file.</exception>
    public static IServiceCollection AddSqlite(this IServiceCollection services, string connectionString)
    {
        var complete = SqliteConnectionSettings.Complete(connectionString);
        return services
            .AddScoped<IUserBulkWriter, SqliteBulkWriter>()
            .AddPreparedStatements(_ => new SqliteReadConnections(complete))
            .AddSingleton<IUserWriter>(provider => new SqliteUserWriter(provider.GetRequiredService<UserTable>(), complete))
            .AddScopedContext<SqliteUsersDbContext>()
            .AddDbContextPool<SqliteUsersDbContext>(builder => builder
                .UseSqlite(complete)
                .ReplaceService<IMigrationsSqlGenerator, SqliteMigrationsGenerator>()
                .AddInterceptors(new SqliteConnectionSettings()));
    }
}
