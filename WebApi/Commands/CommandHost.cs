using CleanUsers.Application;
using CleanUsers.Infrastructure;
using CleanUsers.Infrastructure.Persistence;
using CleanUsers.WebApi.Hosting;

namespace CleanUsers.WebApi.Commands;

/// <summary>What the commands stand on: the configuration, the use cases, the database.</summary>
internal static class CommandHost
{
    /// <param name="settings">Of the command line: <c>--key=value</c>.</param>
    /// <exception cref="ConfigurationException">The configuration is not one to start with.</exception>
    public static WebApplicationBuilder CreateBuilder(string[] settings)
    {
        Globalization.Demand();

        // appsettings.json is beside the program, wherever it is started from
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = settings, ContentRootPath = AppContext.BaseDirectory });
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddApplication(
            builder.Configuration.ReadSection<RetentionOptions>(RetentionOptions.Section).ToRetention(),
            builder.Configuration.ReadSection<MappingOptions>(MappingOptions.Section).LicenseKey);
        builder.Configuration.UseConnectionString(DatabaseOptions.ConnectionStringName, connectionString => builder.Services.AddInfrastructure(
            builder.Configuration.ReadSection<DatabaseOptions>(DatabaseOptions.Section), connectionString));
        builder.AddEmailDelivery();
        return builder;
    }
}
