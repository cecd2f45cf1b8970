using System.Globalization;
using System.Text.Json;
using CleanUsers.TestSupport;

namespace CleanUsers.WebApi.Tests;

/// <summary>
/// Clients that create users and change their names while SIGKILL ends the process, again and again on one database. It takes three rounds, or those
/// of <c>CLEANUSERS_TEST_KILLS</c>.
/// </summary>
public abstract class KillsUnderLoad(TestDatabase database) : IAsyncLifetime
{
    private const int Clients = 8;

    private static readonly int Rounds = int.Parse(
        Environment.GetEnvironmentVariable("CLEANUSERS_TEST_KILLS") ?? "3", CultureInfo.InvariantCulture);

    private readonly string _folder = Directory.CreateTempSubdirectory("cleanusers-").FullName;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(60) };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private (string Name, string Value)[] Settings =>
        [("Authentication__AllowAnonymous", "true"), ("RateLimiting__Enabled", "false"), .. database.Settings];

    public async ValueTask InitializeAsync() => await database.CreateAsync();

    [Fact]
    public async Task What_was_acknowledged_is_there_once_as_it_was_acknowledged_and_is_found()
    {
        LongTest.SkipUnlessDemanded();
        database.SkipWhereAbsent();
        var clients = Enumerable.Range(0, Clients).Select(number => new RepeatingClient(_http, number)).ToList();
        for (var round = 0; round < Rounds; round++)
        {
            using var service = await StartAsync();
            var before = clients.Sum(client => client.Acknowledged);
            var working = clients.Select(client => Task.Run(() => client.WorkUntilCutAsync(service.Address, Ct), Ct)).ToList();
            while (clients.Sum(client => client.Acknowledged) < before + 100 && !working.Exists(client => client.IsCompleted))
                await Task.Delay(10, Ct);
            await Task.Delay(Random.Shared.Next(50), Ct);
            service.Dispose(); // SIGKILL
            await Task.WhenAll(working);
        }

        using var last = await StartAsync();
        foreach (var client in clients) await client.FinishAsync(last.Address, Ct);
        foreach (var client in clients) await client.VerifyAsync(last.Address, Ct);
        Assert.Empty(clients.SelectMany(client => client.Outcomes.Keys).Except(["200", "201", "412", RepeatingClient.Cut]));
        var users = clients.Sum(client => client.Users.Count);
        var page = await _http.GetStringAsync(new Uri(last.Address, "/api/v1/users?pageSize=1&includeTotal=true"), Ct);
        Assert.Equal(users, JsonElement.Parse(page).GetProperty("totalCount").GetInt32());
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{Rounds} kills, {clients.Sum(client => client.Acknowledged)} acknowledged writes, {users} users, "
                + $"{clients.Sum(client => client.Repeated)} requests repeated");
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private Task<OwnProcess> StartAsync() => OwnProcess.ServeAsync(_folder, Settings, "--urls", "http://127.0.0.1:0");
}

public sealed class KillsUnderLoadOnSqlite() : KillsUnderLoad(new SqliteTestDatabase());

public sealed class KillsUnderLoadOnPostgreSql() : KillsUnderLoad(new PostgreSqlTestDatabase());
