using CleanUsers.WebApi.Hosting;

namespace CleanUsers.WebApi.Commands;

/// <summary>
/// Checks whether the service that runs beside it is ready: the health check of a container, whose image has no other program for it.
/// </summary>
internal sealed class HealthCommand : ServiceCommand
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    public HealthCommand()
        : base("health", "Checks that the service on this machine is ready. Its port is read from the environment.", "health") =>
        SetAction((_, ct) => CheckAsync(ct));

    private static async Task<int> CheckAsync(CancellationToken ct)
    {
        var environment = new ConfigurationBuilder().AddEnvironmentVariables().Build();
        var address = new Uri($"http://127.0.0.1:{ListeningPort.Find(environment)}/health/ready");
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Timeout };
        try
        {
            using var response = await client.GetAsync(address, ct);
            if (response.IsSuccessStatusCode) return 0;
            ErrorOutput.WriteLine($"Not ready: {address} responds with status code {(int)response.StatusCode}.");
        }
        catch (HttpRequestException exception)
        {
            ErrorOutput.WriteLine($"Not ready: {address} can't be reached: {exception.Message}");
        }
        catch (TaskCanceledException) when (!ct.IsCancellationRequested) // how HttpClient reports its timeout
        {
            ErrorOutput.WriteLine($"Not ready: {address} did not respond within {Timeout.TotalSeconds} s.");
        }

        return CommandLine.Rejected;
    }
}
