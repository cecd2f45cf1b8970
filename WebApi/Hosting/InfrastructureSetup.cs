using CleanUsers.Infrastructure;
using CleanUsers.Infrastructure.Persistence;

namespace CleanUsers.WebApi.Hosting;

internal static class InfrastructureSetup
{
    /// <summary>The database, and what sends emails and events.</summary>
    public static void AddInfrastructure(this WebApplicationBuilder builder)
    {
        var database = builder.AddSettings<DatabaseOptions>(DatabaseOptions.Section);
        builder.UseConnectionString(connectionString => builder.Services.AddInfrastructure(database, connectionString));
        builder.AddEmailDelivery();
        builder.AddWebhooks();
    }
}
