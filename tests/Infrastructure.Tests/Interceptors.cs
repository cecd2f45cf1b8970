using CleanUsers.Infrastructure.Persistence.PostgreSql;
using CleanUsers.Infrastructure.Persistence.Sqlite;
using CleanUsers.Infrastructure.Persistence.SqlServer;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace CleanUsers.Infrastructure.Tests;

internal static class Interceptors
{
    /// <summary>Puts interceptors between the service and whichever database it has.</summary>
    public static IServiceCollection Intercept(this IServiceCollection services, params IInterceptor[] interceptors) => services
        .ConfigureDbContext<SqliteUsersDbContext>(options => options.AddInterceptors(interceptors))
        .ConfigureDbContext<SqlServerUsersDbContext>(options => options.AddInterceptors(interceptors))
        .ConfigureDbContext<PostgreSqlUsersDbContext>(options => options.AddInterceptors(interceptors));
}
