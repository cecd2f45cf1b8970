using CleanUsers.Application.Ports;
using CleanUsers.Domain.Users;
using CleanUsers.Infrastructure.Persistence;
using CleanUsers.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace CleanUsers.Infrastructure.Tests;

/// <summary>A database of its own for each test class, as <c>AddInfrastructure</c> sets it up.</summary>
public abstract class Store(TestDatabase database) : IAsyncLifetime
{
    private ServiceProvider? _services;

    public FakeTimeProvider Clock { get; } = new(Sample.Now);

    public TestDatabase Database => database;

    public async ValueTask InitializeAsync()
    {
        await database.CreateAsync();
        if (database.Absence is not null) return;
        _services = Services().BuildServiceProvider();
        if (!Migrates) return;
        await _services.MigrateOnStartupAsync();
        await FillAsync();
    }

    /// <summary>Returns this, or skips the test where there is no such database here.</summary>
    public Store Present()
    {
        database.SkipWhereAbsent();
        return this;
    }

    /// <summary>The services that a host would have, over the same database.</summary>
    public virtual IServiceCollection Services() => new ServiceCollection()
        .AddLogging()
        .AddSingleton<TimeProvider>(Clock)
        .AddInfrastructure(new DatabaseOptions { Provider = database.Provider, MigrateOnStartup = true }, database.ConnectionString);

    /// <summary>Does something in a scope of its own, as a request does.</summary>
    public async Task<T> InScopeAsync<T>(Func<IServiceProvider, Task<T>> action)
    {
        await using var scope = _services!.CreateAsyncScope();
        return await action(scope.ServiceProvider);
    }

    /// <summary>Saves a user, and returns its id.</summary>
    public Task<long> AddAsync(User user, CancellationToken ct) => InScopeAsync(async scope =>
    {
        var users = scope.GetRequiredService<IUserRepository>();
        Assert.Equal(AddOutcome.Added, await users.AddAsync(user, ct));
        return user.Id;
    });

    /// <summary>Loads a user, changes it and saves it.</summary>
    public Task<UpdateOutcome> ChangeAsync(long id, Action<User> change, CancellationToken ct) => InScopeAsync(async scope =>
    {
        var users = scope.GetRequiredService<IUserRepository>();
        change((await users.FindToChangeAsync(id, ct) ?? await users.FindDeletedToChangeAsync(id, ct))!);
        return await users.UpdateAsync(ct);
    });

    /// <summary>Loads a deleted user and purges it.</summary>
    public Task<bool> PurgeAsync(long id, CancellationToken ct) => InScopeAsync(async scope =>
    {
        var users = scope.GetRequiredService<IUserRepository>();
        var user = (await users.FindDeletedToChangeAsync(id, ct))!;
        Assert.True(user.Purge(Sample.Now, "mallory"));
        return await users.PurgeAsync(user, ct) == UpdateOutcome.Saved;
    });

    public async ValueTask DisposeAsync()
    {
        if (_services is not null) await _services.DisposeAsync();
        await database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Whether the schema is created before the first test.</summary>
    protected virtual bool Migrates => true;

    /// <summary>Adds the rows that exist before the first test.</summary>
    protected virtual Task FillAsync() => Task.CompletedTask;
}

public sealed class SqliteStore() : Store(new SqliteTestDatabase());

public sealed class SqlServerStore() : Store(new SqlServerTestDatabase());

public sealed class PostgreSqlStore() : Store(new PostgreSqlTestDatabase());
