using CleanUsers.Infrastructure.Persistence;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace CleanUsers.Infrastructure.Tests.SqlServer;

/// <summary>The SQL Server provider without a server, and Microsoft's own parser for its statements.</summary>
public abstract class SqlServerStatements : IDisposable
{
    private protected SqlServerStatements(string server = "nowhere") => Services = new ServiceCollection()
        .AddLogging(logging => logging.AddProvider(Log))
        .AddSingleton<TimeProvider>(Clock)
        .AddInfrastructure(new DatabaseOptions { Provider = DatabaseProvider.SqlServer }, $"Server={server}")
        .Intercept(Server)
        .BuildServiceProvider();

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    private protected FakeTimeProvider Clock { get; } = new(Sample.Now);

    private protected FakeSqlServer Server { get; } = new();

    private protected LogRecorder Log { get; } = new();

    protected ServiceProvider Services { get; }

    public void Dispose()
    {
        Services.Dispose();
        GC.SuppressFinalize(this);
    }

    protected async Task InScopeAsync(Func<IServiceProvider, Task> action)
    {
        await using var scope = Services.CreateAsyncScope();
        await action(scope.ServiceProvider);
    }

    protected static TSqlFragment Parse(string statements)
    {
        var fragment = new TSql160Parser(initialQuotedIdentifiers: true).Parse(new StringReader(statements), out var errors);
        Assert.True(errors.Count == 0, $"{string.Join('\n', errors.Select(error => $"{error.Line}: {error.Message}"))}\n{statements}");
        return fragment;
    }
}
