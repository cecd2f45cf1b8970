using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using CleanUsers.TestSupport;

namespace CleanUsers.WebApi.Tests;

/// <summary>
/// Clients that create users and change their names while SIGKILL ends the process, again and again on one database. Each client repeats a request
/// that got no response, as clients do: a POST with its <c>Idempotency-Key</c>, a PATCH with its <c>If-Match</c>. It takes three rounds, or those of
/// <c>CLEANUSERS_TEST_KILLS</c>.
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
        var clients = Enumerable.Range(0, Clients).Select(number => new Client(_http, number)).ToList();
        for (var round = 0; round < Rounds; round++)
        {
            using var service = await StartAsync();
            var before = clients.Sum(client => client.Acknowledged);
            var working = clients.Select(client => Task.Run(() => client.WorkAsync(service.Address), Ct)).ToList();
            while (clients.Sum(client => client.Acknowledged) < before + 100 && !working.Exists(client => client.IsCompleted))
                await Task.Delay(10, Ct);
            await Task.Delay(Random.Shared.Next(50), Ct);
            service.Dispose(); // SIGKILL
            await Task.WhenAll(working);
        }

        using var last = await StartAsync();
        foreach (var client in clients) await client.RepeatAsync(last.Address);
        var users = clients.SelectMany(client => client.Users).ToList();
        foreach (var user in users)
        {
            var read = await GetAsync(last, $"users/{user.Id}");
            Assert.Equal((user.Name, user.Version), (read.GetProperty("name").GetString(), read.GetProperty("version").GetInt64()));
            var found = (await GetAsync(last, $"users?q={user.Name}")).GetProperty("items").EnumerateArray();
            Assert.Equal([user.Id], found.Select(item => item.GetProperty("id").GetInt64()));
        }

        Assert.Equal(users.Count, (await GetAsync(last, "users?pageSize=1&includeTotal=true")).GetProperty("totalCount").GetInt32());
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{Rounds} kills, {clients.Sum(client => client.Acknowledged)} acknowledged writes, {users.Count} users, "
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

    private async Task<JsonElement> GetAsync(OwnProcess service, string path) =>
        JsonElement.Parse(await _http.GetStringAsync(new Uri(service.Address, $"/api/v1/{path}"), Ct));

    private sealed record Written(long Id, string Name, long Version);

    /// <summary>Creates a user, changes its name, creates the next.</summary>
    private sealed class Client(HttpClient http, int number)
    {
        private bool _isCut; // the last request got no response

        public List<Written> Users { get; } = [];

        public int Acknowledged { get; private set; }

        public int Repeated { get; private set; }

        private bool IsChange => Users is [.., { Version: 1 }];

        public async Task WorkAsync(Uri service)
        {
            try
            {
                while (true) await (IsChange ? ChangeAsync(service) : CreateAsync(service));
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException)
            {
                _isCut = true; // killed: whether it was written is not known
            }
        }

        public Task RepeatAsync(Uri service) => !_isCut ? Task.CompletedTask : IsChange ? ChangeAsync(service) : CreateAsync(service);

        private async Task CreateAsync(Uri service)
        {
            var name = $"n{number}x{Users.Count}a";
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(service, "/api/v1/users"));
            request.Headers.Add("Idempotency-Key", name);
            var (status, user) = await SendAsync(request, $$"""{"email":"e{{number}}x{{Users.Count}}@kill.example","name":"{{name}}"}""");
            Assert.True(status == HttpStatusCode.Created, $"{status} {user}");
            Users.Add(new(user.GetProperty("id").GetInt64(), name, Version: 1));
        }

        private async Task ChangeAsync(Uri service)
        {
            var (id, _, version) = Users[^1];
            var name = $"n{number}x{Users.Count}b";
            using var request = new HttpRequestMessage(HttpMethod.Patch, new Uri(service, $"/api/v1/users/{id}"));
            request.Headers.Add("If-Match", $"\"{version}\"");
            var wasCut = _isCut;
            var (status, user) = await SendAsync(request, $$"""{"name":"{{name}}"}""");
            // 412 shows that the request that was cut had been written: what is checked at the end
            Assert.True(status == HttpStatusCode.OK || (wasCut && status == HttpStatusCode.PreconditionFailed), $"{status} {user}");
            Users[^1] = new(id, name, version + 1);
        }

        private async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(HttpRequestMessage request, string body)
        {
            if (_isCut) Repeated++;
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
            using var response = await http.SendAsync(request, Ct);
            var user = JsonElement.Parse(await response.Content.ReadAsByteArrayAsync(Ct));
            _isCut = false;
            Acknowledged++;
            return (response.StatusCode, user);
        }
    }
}

public sealed class KillsUnderLoadOnSqlite() : KillsUnderLoad(new SqliteTestDatabase());

public sealed class KillsUnderLoadOnPostgreSql() : KillsUnderLoad(new PostgreSqlTestDatabase());
