using CleanUsers.Application.Ports;
using CleanUsers.WebApi.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace CleanUsers.WebApi.Tests;

/// <summary>Settings of the database that make the service slow are a warning after the start, once.</summary>
public sealed class DatabaseSettingsWarning
{
    [Fact]
    public async Task Advice_is_logged_once_and_looked_for_until_the_database_can_be_reached()
    {
        var (clock, database, logger) = (new FakeTimeProvider(), new Database(), new Warnings());
        var scopes = new ServiceCollection().AddSingleton<IDatabase>(database).BuildServiceProvider().GetRequiredService<IServiceScopeFactory>();
        using var check = new DatabaseSettingsCheck(new(scopes, clock, NullLogger<PeriodicService>.Instance), logger);
        await check.StartAsync(TestContext.Current.CancellationToken);
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (logger.Lines.Count == 0)
        {
            clock.Advance(TimeSpan.FromSeconds(5));
            await Task.Delay(10, timeout.Token);
        }

        for (var i = 0; i < 5; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(5));
            await Task.Delay(10, timeout.Token);
        }

        await check.StopAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["Run this."], logger.Lines);
        Assert.Equal(2, database.Looks);
    }

    private sealed class Database : IDatabase
    {
        public int Looks { get; private set; }

        public Task<DatabaseState> CheckAsync(CancellationToken ct) => Task.FromResult(DatabaseState.Ready);

        public Task MigrateAsync(CancellationToken ct) => Task.CompletedTask;

        public Task FindPrimaryAsync(CancellationToken ct) => Task.CompletedTask;

        public Task<string?> FindAdviceAsync(CancellationToken ct) =>
            ++Looks == 1 ? Task.FromException<string?>(new TimeoutException()) : Task.FromResult<string?>("Run this.");

        public bool IsUnavailable(Exception exception) => exception is TimeoutException;
    }

    private sealed class Warnings : ILogger<DatabaseSettingsCheck>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Assert.Equal(LogLevel.Warning, logLevel);
            Lines.Add(formatter(state, exception));
        }
    }
}
