using System.Globalization;
using CleanUsers.Infrastructure;
using CleanUsers.WebApi.Commands;
using CleanUsers.WebApi.Hosting;
using CleanUsers.WebApi.Http.Pipeline;
using CleanUsers.WebApi.Http.Problems;
using CleanUsers.WebApi.Observability;
using CleanUsers.WebApi.OpenApi;
using CleanUsers.WebApi.Security;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
return await CommandLine.RunAsync(
    args, new ServeCommand(ServeAsync), new MigrateCommand(), new HealthCommand(), new UsersCommand(), new ChangesCommand(), new KeysCommand(),
    new OpenApiCommand());

static async Task ServeAsync(string[] settings)
{
    var builder = CommandHost.CreateBuilder(settings);
    builder.AddApplication();
    builder.AddInfrastructure();
    builder.AddLogs();
    builder.ListenOnPort(settings);
    builder.AddCrossOrigin();
    builder.AddAuthenticationByToken();
    builder.AddRateLimiting();
    builder.AddHttp();
    builder.AddHealth();
    builder.AddBackgroundServices();
    builder.AddTelemetry();
    builder.AddErrorReports();
    builder.AddShutdown();
    builder.EnsureValidSettings();

    await using var app = builder.Build(); // disposed of in every case: that writes the last lines of the log
    app.EnsureValidTelemetry();
    var migrated = Task.Run(app.Services.MigrateOnStartupAsync); // meanwhile, the rest needs no database
    app.UseRequestLog();
    app.UseTrustedProxies();
    app.UseResponseHeaders();
    app.UseHttp();
    app.UseCrossOrigin();
    app.UseAuthenticationByToken();
    app.UseRateLimiting();
    app.UseAuthorization();
    app.MapControllers();
    app.MapProblems();
    app.MapHealth();
    app.MapDescription();
    app.MapMetrics();

    await migrated;
    await app.RunUntilShutdownAsync();
}
