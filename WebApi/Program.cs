using System.Globalization;
using CleanUsers.Application;
using CleanUsers.Application.Ports;
using CleanUsers.Infrastructure;
using CleanUsers.Infrastructure.Persistence;
using CleanUsers.WebApi.Hosting;
using CleanUsers.WebApi.Http;
using CleanUsers.WebApi.Logs;
using CleanUsers.WebApi.OpenApi;
using CleanUsers.WebApi.Security;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
try
{
    // appsettings.json is beside the program, wherever it is started from
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
    builder.Services.AddSingleton(TimeProvider.System);
    builder.AddLogs();
    builder.Services.AddApplication(builder.Configuration["AutoMapper:LicenseKey"]);
    builder.Configuration.UseConnectionString(DatabaseOptions.ConnectionStringName, connectionString => builder.Services.AddInfrastructure(
        builder.Configuration.ReadSection<DatabaseOptions>(DatabaseOptions.Section), connectionString));
    builder.AddAuthenticationByToken();
    builder.AddHttp();
    builder.AddHealth();
    builder.AddTelemetry();
    builder.AddErrorReports();
    builder.AddShutdown();

    await using var app = builder.Build(); // disposed of whatever happens: that writes the last lines of the log
    app.UseRequestLog();
    app.UseShutdown();
    app.UseHttp();
    app.UseAuthentication();
    app.UseAuthorization();
    app.MapControllers();
    app.MapProblems();
    app.MapHealth();
    app.MapDescription();
    app.MapMetrics();

    await app.Services.MigrateOnStartupAsync();
    await app.RunAsync();
    return 0;
}
catch (ConfigurationException exception)
{
    await Console.Error.WriteLineAsync(exception.Message);
    return ConfigurationException.ExitCode;
}
catch (DatabaseUnavailableException exception)
{
    await Console.Error.WriteLineAsync(exception.Message);
    return 69; // EX_UNAVAILABLE of sysexits.h
}
