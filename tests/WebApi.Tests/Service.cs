using System.Data.Common;
using System.Net.Sockets;
using System.Text;
using CleanUsers.TestSupport;
using CleanUsers.WebApi.Hosting;
using CleanUsers.WebApi.Observability;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace CleanUsers.WebApi.Tests;

/// <summary>The real host on Kestrel and a loopback port, over a database of its own: an embedded one by default.</summary>
public class Service : WebApplicationFactory<Program>, IAsyncLifetime
{
    public Service()
        : this(new SqliteTestDatabase())
    {
    }

    protected Service(TestDatabase database)
    {
        Database = database;
        UseKestrel();
    }

    /// <summary>The folder for emails.</summary>
    public string PickupFolder { get; } = Path.Combine(Path.GetTempPath(), $"cleanusers-outbox-{Guid.NewGuid():N}");

    protected TestDatabase Database { get; }

    /// <summary>The configuration beyond the defaults.</summary>
    protected virtual IEnumerable<(string Key, string Value)> Settings => [];

    public HttpClient Client { get; private set; } = null!; // set where there is a database

    public Signals Signals { get; } = new();

    public async ValueTask InitializeAsync()
    {
        await Database.CreateAsync();
        if (Database.Absence is not null) return;
        StartServer();
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = ClientOptions.BaseAddress };
    }

    /// <summary>Returns this, or skips the test where there is no such database here.</summary>
    public Service Present()
    {
        Database.SkipWhereAbsent();
        return this;
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Production");
        builder.UseSetting(WebHostDefaults.ServerUrlsKey, "http://127.0.0.1:0"); // UseKestrel's own can come too late: dotnet/aspnetcore#67714
        builder.UseSetting("Database:Provider", $"{Database.Provider}");
        builder.UseSetting("Database:MigrateOnStartup", "true");
        builder.UseSetting("ConnectionStrings:CleanUsers", Database.ConnectionString);
        builder.UseSetting("Email:PickupFolder", PickupFolder);
        builder.UseSetting("Authentication:AllowAnonymous", "true");
        builder.UseSetting("RateLimiting:PermitsPerSecond", "100000"); // on, and never in the way
        builder.UseSetting("RateLimiting:Burst", "100000");
        builder.UseSetting("Shutdown:Delay", "00:00:00");
        builder.ConfigureServices(services => services.AddSingleton(_ => new LineQueue(Signals.Output, TimeProvider.System)));
        foreach (var (key, value) in Settings) builder.UseSetting(key, value);
    }

    /// <summary>Executes a statement on the database, past the service.</summary>
    public Task ExecuteAsync(string statement) => Database.ExecuteAsync(statement);

    /// <summary>
    /// Removes the background services that look several times a second: from tests whose clock jumps by days, and from those of single commits.
    /// </summary>
    protected static void RemoveFrequentServices(IWebHostBuilder builder) => builder.ConfigureTestServices(services =>
    {
        Type[] frequent = [typeof(FeedPlacement), typeof(WebhookDelivery)];
        foreach (var service in services.Where(service => frequent.Contains(service.ImplementationType)).ToList()) services.Remove(service);
    });

    /// <summary>A connection of its own, past the service.</summary>
    public DbConnection ConnectToDatabase() => Database.Connect();

    public Task<Response> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync("GET", path, null, headers);

    /// <summary>Sends a request as it is given: the body's type is application/json unless a header sets another one.</summary>
    public async Task<Response> SendAsync(string method, string path, string? body = null, params (string Name, string Value)[] headers) =>
        await SendBytesAsync(method, path, body is null ? null : Encoding.UTF8.GetBytes(body), headers);

    public async Task<Response> SendBytesAsync(string method, string path, byte[]? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(Client.BaseAddress + path.TrimStart('/')));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            if (!headers.Any(header => header.Name == "Content-Type")) request.Content.Headers.Add("Content-Type", "application/json");
        }

        Signals.Sent(path, body);
        foreach (var (name, value) in headers.Where(header => header is not ("Content-Type", "")))
        {
            System.Net.Http.Headers.HttpHeaders target = name == "Content-Type" ? request.Content!.Headers : request.Headers;
            Assert.True(target.TryAddWithoutValidation(name, value), $"{name}: {value}");
        }

        using var message = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        var response = await Response.ReadAsync(message);
        DescribedContract.Check(method, path, response);
        DescribedScim.Check(method, path, response);
        return response;
    }

    /// <summary>Sends bytes over a connection of its own, and returns all that comes back until the service closes it.</summary>
    public async Task<string> SendRawAsync(byte[] bytes)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(Client.BaseAddress!.Host, Client.BaseAddress.Port);
        var stream = connection.GetStream();
        await stream.WriteAsync(bytes);
        using var response = new MemoryStream();
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await stream.CopyToAsync(response, timeout.Token);
        return Encoding.UTF8.GetString(response.ToArray());
    }

    /// <summary>Creates a user, and returns its id.</summary>
    public async Task<long> CreateAsync(string email, string more = "")
    {
        var response = await SendAsync("POST", "/api/v1/users", $$"""{"email":"{{email}}"{{more}}}""");
        return response.Is(201)["id"].GetInt64();
    }

    /// <summary>Creates a user and puts it into the recycle bin, and returns its id.</summary>
    public async Task<long> CreateDeletedAsync(string email)
    {
        var id = await CreateAsync(email);
        (await SendAsync("DELETE", $"/api/v1/users/{id}")).Is(204);
        return id;
    }

    public override async ValueTask DisposeAsync()
    {
        // where there was a database, there is a service, whose logs and metrics must not have personal data
        var metrics = Client is null ? "" : (await GetAsync("/metrics")).Body;
        var lines = Client is null ? null : Services.GetRequiredService<LineQueue>();
        Client?.Dispose();
        await base.DisposeAsync();
        lines?.Dispose(); // the service may still be writing
        Signals.Check(metrics);
        Signals.Dispose();
        await Database.DisposeAsync();
        if (Directory.Exists(PickupFolder)) Directory.Delete(PickupFolder, recursive: true);
        GC.SuppressFinalize(this);
    }
}

public sealed class ServiceOnSqlite() : Service(new SqliteTestDatabase());

public sealed class ServiceOnSqlServer() : Service(new SqlServerTestDatabase());

public sealed class ServiceOnPostgreSql() : Service(new PostgreSqlTestDatabase());
