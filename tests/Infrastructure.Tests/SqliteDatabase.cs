using CleanUsers.Application.Ports;
using CleanUsers.Domain.Users;
using CleanUsers.Infrastructure.Persistence;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace CleanUsers.Infrastructure.Tests;

/// <summary>An embedded database of its own for each test class, as <c>AddInfrastructure</c> sets it up.</summary>
public sealed class SqliteDatabase : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cleanusers-").FullName;
    private readonly ServiceProvider _services;

    public SqliteDatabase() => _services = new ServiceCollection()
        .AddLogging()
        .AddSingleton<TimeProvider>(Clock)
        .AddInfrastructure(new DatabaseOptions(), $"Data Source={Path.Combine(_folder, "test.db")}")
        .BuildServiceProvider();

    public FakeTimeProvider Clock { get; } = new(Sample.Now);

    public async ValueTask InitializeAsync() => await _services.MigrateOnStartupAsync();

    /// <summary>Does something in a scope of its own, as a request does.</summary>
    public async Task<T> InScopeAsync<T>(Func<IServiceProvider, Task<T>> action)
    {
        await using var scope = _services.CreateAsyncScope();
        return await action(scope.ServiceProvider);
    }

    /// <summary>Saves a user, and returns its id.</summary>
    public Task<long> AddAsync(User user, CancellationToken ct) => InScopeAsync(async scope =>
    {
        var users = scope.GetRequiredService<IUserRepository>();
        users.Add(user);
        Assert.Equal(SaveOutcome.Saved, await users.SaveAsync(ct));
        return user.Id;
    });

    /// <summary>Loads a user, changes it and saves it.</summary>
    public Task<SaveOutcome> ChangeAsync(long id, Action<User> change, CancellationToken ct) => InScopeAsync(async scope =>
    {
        var users = scope.GetRequiredService<IUserRepository>();
        change((await users.FindAsync(id, ct) ?? await users.FindDeletedAsync(id, ct))!);
        return await users.SaveAsync(ct);
    });

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }
}
