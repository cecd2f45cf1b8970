using System.Data;
using System.Net;
using System.Net.Sockets;
using CleanUsers.Application.Ports;
using CleanUsers.Infrastructure.Persistence;
using CleanUsers.Infrastructure.Persistence.SqlServer;
using Microsoft.Data.SqlClient;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using IDatabase = CleanUsers.Application.Ports.IDatabase;

namespace CleanUsers.Infrastructure.Tests.SqlServer;

/// <summary>Failures as SqlClient reports them, checked without a server.</summary>
public sealed class SqlServerFailures : SqlServerStatements
{
    /// <summary>Microsoft Learn, "Database Engine events and errors" and "Connectivity issues and other errors with Azure SQL Database".</summary>
    public static TheoryData<int> OfTheServer =>
    [
        0, -2, 207, 208, 229, 230, 916, 921, 922, 923, 924, 926, 927, 942, 945, 952, 976, 978, 979, 982, 983, 988, 1205, 1222, 3906, 3908, 3960, 3961,
        3967, 4060, 4064, 4221, 6005, 10936, 17142, 17187, 17188, 17189, 17190, 17191, 17192, 17193, 17194, 17195, 17196, 17197, 18401, 18451, 18452,
        18456, 18461, 18470, 18486, 18487, 18488, 40197, 40501, 40549, 40550, 40551, 40552, 40553, 40613, 40615, 40914, 47073, 49918, 49919, 49920,
    ];

    public static TheoryData<string, Func<IServiceProvider, CancellationToken, Task>> Operations => new()
    {
        { "get", (scope, ct) => scope.GetRequiredService<IUserReader>().GetAsync(1, ct) },
        { "list", (scope, ct) => scope.GetRequiredService<IUserReader>().ListAsync(new(false, new(), new(UserSortKey.Id, false), 1, null), ct) },
        { "count", (scope, ct) => scope.GetRequiredService<IUserReader>().CountAsync(new(false, new(), new(UserSortKey.Id, false), 1, null), ct) },
        { "create", (scope, ct) => scope.GetRequiredService<IUserRepository>().AddAsync(Sample.User(), ct) },
        { "find to change", (scope, ct) => scope.GetRequiredService<IUserRepository>().FindToChangeAsync(1, ct) },
        { "delete expired", (scope, ct) => scope.GetRequiredService<IIdempotencyStore>().DeleteExpiredAsync(ct) },
        { "export", async (scope, ct) => await scope.GetRequiredService<IUserReader>().GetSnapshotAsync(new(), ct).ToListAsync(ct) },
        {
            "bulk write",
            (scope, ct) => scope.GetRequiredService<UsersDbContext>().InTransactionAsync<int>(
                async token =>
                {
                    // as a command of the bulk writer, which is the driver's own
                    await scope.GetRequiredService<UsersDbContext>().Database.ExecuteSqlRawAsync("SELECT 1", token);
                    throw new NotSupportedException("The command must fail.");
                },
                ct)
        },
    };

    [Theory]
    [MemberData(nameof(OfTheServer))]
    public async Task Error_of_the_server_means_that_it_is_unavailable(int number) => await InScopeAsync(scope =>
    {
        var database = scope.GetRequiredService<IDatabase>();
        Assert.True(database.IsUnavailable(SqlErrors.Exception((number, 14))));
        Assert.True(database.IsUnavailable(SqlErrors.Exception((50000, 11), (number, 14)))); // not the first of several
        Assert.True(database.IsUnavailable(SqlErrors.Exception((50000, 20))));
        Assert.False(database.IsUnavailable(SqlErrors.Exception((50000, 16), (2601, 14), (8152, 16))));
        return Task.CompletedTask;
    });

    [Fact]
    public async Task Programming_error_of_a_bulk_copy_does_not_mean_that_the_server_is_unavailable()
    {
        using var connection = new SqlConnection("Server=nowhere");
        using var copy = new SqlBulkCopy(connection);
        using var rows = new DataTable();
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => copy.WriteToServerAsync(rows, Ct)); // no table is named
        Assert.Equal("Microsoft.Data.SqlClient", error.Source);
        await InScopeAsync(scope =>
        {
            Assert.False(scope.GetRequiredService<IDatabase>().IsUnavailable(error));
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task Server_that_accepts_connections_and_does_not_respond_is_unavailable()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0); // accepts connections, and never responds
        silent.Start();
        await using var connection = new SqlConnection(
            $"Server=127.0.0.1,{((IPEndPoint)silent.LocalEndpoint).Port};Connect Timeout=2;Encrypt=false");
        var error = await Assert.ThrowsAsync<SqlException>(() => connection.OpenAsync(Ct));
        await InScopeAsync(scope =>
        {
            Assert.True(scope.GetRequiredService<IDatabase>().IsUnavailable(error), $"{error}");
            return Task.CompletedTask;
        });
    }

    /// <summary>The driver's exception has no type or number of its own.</summary>
    [Fact]
    public async Task Exhausted_pool_means_that_the_server_is_unavailable() => await InScopeAsync(scope =>
    {
        var error = new InvalidOperationException("Timeout expired: no connection of the pool was free.") { Source = "Microsoft.Data.SqlClient" };
        Assert.True(scope.GetRequiredService<IDatabase>().IsUnavailable(error));
        return Task.CompletedTask;
    });

    [Fact]
    public async Task Batch_of_an_import_begins_again_when_the_index_rejects_an_address()
    {
        var attempts = 0;
        Server.Opening = () => throw (++attempts == 1
            ? SqlErrors.Exception("Cannot insert duplicate key row with unique index 'IX_Users_EmailKey'.", (2601, 14))
            : new NotSupportedException("The second attempt."));
        await InScopeAsync(async scope => await Assert.ThrowsAsync<NotSupportedException>(
            () => scope.GetRequiredService<IUserBulkWriter>().AddAsync([Sample.User()], Ct)));
        Assert.Equal(2, attempts);
    }

    [Theory]
    [MemberData(nameof(Operations), DisableDiscoveryEnumeration = true)]
    public async Task Cancelled_command_ends_as_cancelled(string name, Func<IServiceProvider, CancellationToken, Task> operation)
    {
        Assert.NotEmpty(name);
        foreach (var asInvalidOperation in (bool[])[false, true])
        {
            using var leaving = new CancellationTokenSource();
            Server.Executing = async (_, _) =>
            {
                await leaving.CancelAsync();
                throw asInvalidOperation ? new InvalidOperationException("Operation cancelled by user.") { Source = "Microsoft.Data.SqlClient" }
                    : SqlErrors.Cancelled;
            };
            await InScopeAsync(async scope =>
            {
                var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => operation(scope, leaving.Token));
                Assert.NotNull(error.InnerException);
            });
        }
    }

    [Fact]
    public async Task Killed_session_is_not_a_cancellation()
    {
        Server.Executing = (_, _) => throw SqlErrors.Cancelled;
        await InScopeAsync(async scope =>
        {
            var error = await Assert.ThrowsAnyAsync<Exception>(() => scope.GetRequiredService<IUserReader>().GetAsync(1, Ct));
            Assert.IsNotType<OperationCanceledException>(error, exactMatch: false);
            Assert.True(scope.GetRequiredService<IDatabase>().IsUnavailable(error));
        });
    }

    [Fact]
    public async Task Second_request_with_the_same_key_that_waits_too_long_is_in_progress()
    {
        Server.Executing = async (_, token) =>
        {
            try
            {
                await Task.Delay(Timeout.Infinite, token);
            }
            catch (OperationCanceledException)
            {
                throw SqlErrors.Cancelled;
            }
        };
        await InScopeAsync(async scope =>
        {
            var waiting = scope.GetRequiredService<IIdempotencyStore>().ExecuteOnceAsync(
                new("S", "F"), _ => Task.FromResult<ResponseToStore?>(new(1, "{}")), TimeSpan.FromSeconds(5), Ct);
            Clock.Advance(TimeSpan.FromSeconds(6));
            Assert.Equal(IdempotencyOutcomeKind.InProgress, (await waiting).Kind);
        });
    }

    [Fact]
    public async Task Retries_end_after_their_longest_time() => await InScopeAsync(async scope =>
    {
        var clock = new FakeTimeProvider();
        var dependencies = scope.GetRequiredService<UsersDbContext>().GetService<ExecutionStrategyDependencies>();
        var attempts = 0;
        await Assert.ThrowsAsync<RetryLimitExceededException>(() => new SqlServerRetries(dependencies, clock).ExecuteAsync(
            0,
            (_, _, _) =>
            {
                attempts++;
                clock.Advance(TimeSpan.FromSeconds(3)); // of waiting for a connection
                return Task.FromException<int>(SqlErrors.Exception((10054, 20)));
            },
            verifySucceeded: null,
            Ct));
        Assert.Equal(3, attempts); // after 3, 6 and 9 s: the last one failed 6 s after the first
    });
}
