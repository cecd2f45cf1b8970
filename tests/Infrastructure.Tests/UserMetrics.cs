using System.Diagnostics.Metrics;
using CleanUsers.Application.Ports;
using Microsoft.Extensions.DependencyInjection;

namespace CleanUsers.Infrastructure.Tests;

/// <summary>The totals are those of the process: no other test may save users meanwhile.</summary>
[CollectionDefinition(nameof(UserMetrics), DisableParallelization = true)]
[Collection(nameof(UserMetrics))]
public sealed class UserMetrics(SqliteStore database) : IClassFixture<SqliteStore>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task User_that_is_rolled_back_is_never_counted()
    {
        var before = Created();
        var stored = new ResponseToStore(1, "{}");
        await OnceAsync("undone", async (scope, ct) =>
        {
            await AddAsync(scope, ct);
            Assert.Equal(before, Created());
            return null;
        });
        await Assert.ThrowsAsync<TimeoutException>(() => OnceAsync("thrown", async (scope, ct) =>
        {
            await AddAsync(scope, ct);
            throw new TimeoutException();
        }));
        Assert.Equal(before, Created());

        await OnceAsync("kept", async (scope, ct) => stored with { UserId = await AddAsync(scope, ct) });
        Assert.Equal(before + 1, Created());
        await OnceAsync("kept", (_, _) => throw new InvalidOperationException("It is done."));
        Assert.Equal(before + 1, Created());
    }

    private Task<IdempotencyOutcome> OnceAsync(string key, Func<IServiceProvider, CancellationToken, Task<ResponseToStore?>> action) =>
        database.InScopeAsync(scope =>
        scope.GetRequiredService<IIdempotencyStore>().ExecuteOnceAsync(new(key, "F"), ct => action(scope, ct), TimeSpan.FromSeconds(5), Ct));

    private static async Task<long> AddAsync(IServiceProvider scope, CancellationToken ct)
    {
        var users = scope.GetRequiredService<IUserRepository>();
        var user = Sample.User();
        Assert.Equal(AddOutcome.Added, await users.AddAsync(user, ct));
        return user.Id;
    }

    private static long Created()
    {
        var total = 0L;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Name == "cleanusers.users.created") own.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => total = value);
        listener.Start();
        listener.RecordObservableInstruments();
        return total;
    }
}
