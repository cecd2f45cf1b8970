using System.Net.NetworkInformation;
using System.Net.Sockets;
using CleanUsers.TestSupport;
using CleanUsers.WebApi.Hosting;
using Microsoft.Extensions.Configuration;

namespace CleanUsers.WebApi.Tests;

/// <summary>The environment variable PORT, and what wins over what.</summary>
[Collection(nameof(InProcess))]
public sealed class ListeningPorts : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cleanusers-").FullName;

    [Theory]
    [InlineData("PORT", "ASPNETCORE_HTTP_PORTS")]
    [InlineData("PORT", "ASPNETCORE_URLS")]
    [InlineData("--urls", "PORT")]
    public async Task First_setting_takes_precedence_over_the_second(string first, string second)
    {
        LongTest.SkipUnlessDemanded();
        var (wanted, other) = (FreePort.Find(), FreePort.Find());
        List<(string, string)> environment = [("Authentication__AllowAnonymous", "true"), (second, Value(second, other))];
        string[] settings = [];
        if (first == "--urls") settings = [first, Value(first, wanted)];
        else environment.Add((first, Value(first, wanted)));

        using var service = await OwnProcess.ServeAsync(_folder, environment, settings);

        Assert.Equal(wanted, service.Address.Port);
        Assert.DoesNotContain("warn:", service.Log, StringComparison.Ordinal);
        await IsHealthyAsync(wanted, "127.0.0.1");
        await Assert.ThrowsAsync<HttpRequestException>(() => IsHealthyAsync(other, "127.0.0.1"));
    }

    [Fact]
    public async Task PORT_listens_on_all_interfaces()
    {
        LongTest.SkipUnlessDemanded();
        var port = FreePort.Find();
        using var service = await OwnProcess.ServeAsync(_folder, [("Authentication__AllowAnonymous", "true"), ("PORT", $"{port}")]);
        var addresses = NetworkInterface.GetAllNetworkInterfaces().SelectMany(card => card.GetIPProperties().UnicastAddresses).Select(
            unicast => unicast.Address);
        foreach (var address in addresses.Where(address => address.AddressFamily == AddressFamily.InterNetwork))
            await IsHealthyAsync(port, $"{address}");
    }

    [Theory]
    [InlineData("0")]
    [InlineData("65536")]
    [InlineData("-1")]
    [InlineData("http")]
    [InlineData("80 81")]
    [InlineData("80;81")]
    public async Task Invalid_PORT_ends_the_start_with_one_line_that_names_it(string value)
    {
        var (code, _, error) = await InProcess.RunAsync(_folder, [("Authentication__AllowAnonymous", "true"), ("PORT", value)]);
        Assert.Equal((78, $"Invalid configuration: PORT is '{value}' (allowed: 1 to 65535).\n"), (code, error));
    }

    [Theory]
    [InlineData("http://127.0.0.1:9000")]
    [InlineData("HTTPS://*:9001;HTTP://*:9000")]
    public void Health_command_finds_the_port_of_the_addresses(string addresses)
    {
        var environment = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["ASPNETCORE_URLS"] = addresses });
        Assert.Equal(9000, ListeningPort.Find(environment.Build()));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Value(string name, int port) => name is "--urls" or "ASPNETCORE_URLS" ? $"http://127.0.0.1:{port}" : $"{port}";

    private static async Task IsHealthyAsync(int port, string host)
    {
        using var client = new HttpClient();
        var health = await client.GetStringAsync(new Uri($"http://{host}:{port}/health/live"), TestContext.Current.CancellationToken);
        Assert.Contains("Healthy", health, StringComparison.Ordinal);
    }
}
