using CleanUsers.Infrastructure.Persistence;
using CleanUsers.Infrastructure.Persistence.PostgreSql;
using CleanUsers.Infrastructure.Persistence.SqlServer;
using Microsoft.Data.SqlClient;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace CleanUsers.Infrastructure.Tests;

/// <summary>A connection string gets the service's defaults for the keys that it lacks.</summary>
public sealed class ConnectionStrings
{
    [Theory]
    [InlineData("Host=x", 30, 5, 50, true, GssEncryptionMode.Disable)]
    [InlineData(
        "Host=x;Maximum Pool Size=7;Timeout=8;Max Auto Prepare=9;No Reset On Close=false;GSS Encryption Mode=Require", 7, 8, 9, false,
        GssEncryptionMode.Require)]
    [InlineData("Server=x;MaxPoolSize=7;MaxAutoPrepare=9", 7, 5, 9, true, GssEncryptionMode.Disable)]
    public void PostgreSQL_connection_string_gets_the_missing_defaults(
        string given, int pool, int timeout, int prepared, bool isHandedOn, GssEncryptionMode encryption)
    {
        var complete = new NpgsqlConnectionStringBuilder(Completed(services => services.AddPostgreSql(given)));
        Assert.Equal(
            ("x", pool, timeout, prepared, isHandedOn, encryption),
            (complete.Host, complete.MaxPoolSize, complete.Timeout, complete.MaxAutoPrepare, complete.NoResetOnClose, complete.GssEncryptionMode));
    }

    [Theory]
    [InlineData("Data Source=x", 50, 5, 0, PoolBlockingPeriod.NeverBlock)]
    [InlineData("Data Source=tcp:x.database.windows.net,1433", 50, 15, 0, PoolBlockingPeriod.NeverBlock)]
    [InlineData(
        "Server=x;Max Pool Size=7;Connection Timeout=8;Connect Retry Count=2;Pool Blocking Period=Auto", 7, 8, 2, PoolBlockingPeriod.Auto)]
    public void SQL_Server_connection_string_gets_the_missing_defaults(
        string given, int pool, int timeout, int retries, PoolBlockingPeriod blocking)
    {
        var complete = new SqlConnectionStringBuilder(Completed(services => services.AddSqlServer(given)));
        Assert.Equal(
            (pool, timeout, retries, blocking),
            (complete.MaxPoolSize, complete.ConnectTimeout, complete.ConnectRetryCount, complete.PoolBlockingPeriod));
        Assert.Contains("x", complete.DataSource, StringComparison.Ordinal);
    }

    private static string Completed(Action<IServiceCollection> add)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        add(services);
        using var provider = services.BuildServiceProvider();
        using var scope = provider.CreateScope();
        return scope.ServiceProvider.GetRequiredService<UsersDbContext>().Database.GetConnectionString()!;
    }
}
