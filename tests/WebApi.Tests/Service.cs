using System.Net.Sockets;
using System.Text;
using CleanUsers.WebApi.Logs;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace CleanUsers.WebApi.Tests;

/// <summary>The real host on Kestrel and a loopback port, over an embedded database of its own.</summary>
public class Service : WebApplicationFactory<Program>, IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cleanusers-").FullName;

    public Service() => UseKestrel(0);

    /// <summary>What the configuration says beyond the defaults.</summary>
    protected virtual IEnumerable<(string Key, string Value)> Settings => [];

    public HttpClient Client { get; private set; } = null!;

    public Signals Signals { get; } = new();

    public ValueTask InitializeAsync()
    {
        StartServer();
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = ClientOptions.BaseAddress };
        return ValueTask.CompletedTask;
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Production");
        builder.UseSetting("ConnectionStrings:CleanUsers", $"Data Source={Path.Combine(_folder, "test.db")}");
        builder.ConfigureServices(services => services.AddSingleton(_ => new LineQueue(Signals.Output, TimeProvider.System)));
        builder.UseSetting("Authentication:AllowAnonymous", "true");
        builder.UseSetting("Shutdown:Delay", "00:00:00");
        foreach (var (key, value) in Settings) builder.UseSetting(key, value);
    }

    public Task<Answer> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync("GET", path, null, headers);

    /// <summary>Sends a request as it is given: the body's type is application/json unless a header says otherwise.</summary>
    public async Task<Answer> SendAsync(string method, string path, string? body = null, params (string Name, string Value)[] headers) =>
        await SendBytesAsync(method, path, body is null ? null : Encoding.UTF8.GetBytes(body), headers);

    public async Task<Answer> SendBytesAsync(string method, string path, byte[]? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(Client.BaseAddress + path.TrimStart('/')));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            if (!headers.Any(header => header.Name == "Content-Type")) request.Content.Headers.Add("Content-Type", "application/json");
        }

        Signals.Sent(path, body);
        foreach (var (name, value) in headers)
        {
            if (name != "Content-Type") Assert.True(request.Headers.TryAddWithoutValidation(name, value), name);
            else if (value.Length > 0) Assert.True(request.Content!.Headers.TryAddWithoutValidation(name, value), value);
        }

        using var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        var answer = await Answer.ReadAsync(response);
        DescribedContract.Check(method, path, answer);
        return answer;
    }

    /// <summary>Sends octets over a connection of its own, and returns all that comes back until the service closes it.</summary>
    public async Task<string> SendRawAsync(byte[] octets)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(Client.BaseAddress!.Host, Client.BaseAddress.Port);
        var stream = connection.GetStream();
        await stream.WriteAsync(octets);
        using var answer = new MemoryStream();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await stream.CopyToAsync(answer, patience.Token);
        return Encoding.UTF8.GetString(answer.ToArray());
    }

    /// <summary>Creates a user, and returns its id.</summary>
    public async Task<long> CreateAsync(string email, string more = "")
    {
        var answer = await SendAsync("POST", "/api/v1/users", $$"""{"email":"{{email}}"{{more}}}""");
        return answer.Is(201)["id"].GetInt64();
    }

    /// <summary>Creates a user and puts it into the bin, and returns its id.</summary>
    public async Task<long> CreateDeletedAsync(string email)
    {
        var id = await CreateAsync(email);
        (await SendAsync("DELETE", $"/api/v1/users/{id}")).Is(204);
        return id;
    }

    public override async ValueTask DisposeAsync()
    {
        var metrics = (await GetAsync("/metrics")).Body;
        Client.Dispose();
        var lines = Services.GetRequiredService<LineQueue>();
        await base.DisposeAsync();
        lines.Dispose(); // the service is still about it, perhaps
        Signals.Check(metrics);
        Signals.Dispose();
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }
}
