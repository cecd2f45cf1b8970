using CleanUsers.Application.Changes;

namespace CleanUsers.WebApi.Hosting;

/// <summary>Gives new changes their positions in the feed, four times a second, and wakes the requests that wait for changes.</summary>
internal sealed class FeedPlacement(FeedSignal signal, IHostApplicationLifetime lifetime, PeriodicService.Host host)
    : PeriodicService("placing changes in the feed", TimeSpan.FromMilliseconds(250), host)
{
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStopping.Register(signal.Close);
        return base.StartAsync(cancellationToken);
    }

    protected override Task RunOnceAsync(IServiceProvider services, CancellationToken ct) =>
        services.GetRequiredService<PlaceChanges>().ExecuteAsync(ct);
}
