namespace CleanUsers.WebApi.Hosting;

/// <summary>What the service does besides serving requests.</summary>
internal static class BackgroundServices
{
    public static WebApplicationBuilder AddBackgroundServices(this WebApplicationBuilder builder)
    {
        builder.Services
            .AddSingleton<PeriodicService.Host>()
            .AddHostedService<DatabaseSettingsCheck>()
            .AddHostedService<IdempotencyCleanup>()
            .AddHostedService<DeletedUsersCleanup>()
            .AddHostedService<EmailDelivery>();
        return builder;
    }

    /// <summary>
    /// Runs until shutdown. The host stops when a background service fails, and <see cref="HostingAbstractionsHostExtensions.RunAsync"/> returns as
    /// after an orderly shutdown, with exit code 0: so the exception is thrown here.
    /// </summary>
    public static async Task RunUntilShutdownAsync(this WebApplication app)
    {
        // found now: the host disposes of its container at the end
        var services = app.Services.GetServices<IHostedService>().OfType<BackgroundService>().ToList();
        try
        {
            await app.RunAsync();
        }
        catch (OperationCanceledException) when (Failed().Any())
        {
            // it failed while the host was still starting
        }

        foreach (var failed in Failed()) await failed;

        IEnumerable<Task> Failed() => services.Select(service => service.ExecuteTask).OfType<Task>().Where(task => task.IsFaulted);
    }
}
