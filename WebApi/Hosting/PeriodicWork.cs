namespace CleanUsers.WebApi.Hosting;

/// <summary>A periodic service that does one thing with one service of the application.</summary>
/// <param name="run">Does it, with the service of a scope of its own.</param>
internal sealed class PeriodicWork<T>(string work, TimeSpan pause, Func<T, CancellationToken, Task> run, PeriodicService.Host host)
    : PeriodicService(work, pause, host)
    where T : notnull
{
    protected override Task RunOnceAsync(IServiceProvider services, CancellationToken ct) => run(services.GetRequiredService<T>(), ct);
}
