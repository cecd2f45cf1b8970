using System.Globalization;
using CleanUsers.Infrastructure;
using CleanUsers.WebApi.Commands;
using CleanUsers.WebApi.Hosting;
using CleanUsers.WebApi.Http;
using CleanUsers.WebApi.OpenApi;
using CleanUsers.WebApi.Security;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
return await CommandLine.RunAsync(args, new ServeCommand(ServeAsync), new MigrateCommand(), new HealthCommand(), new UsersCommand(), new OpenApiCommand());

static async Task ServeAsync(string[] settings)
{
    var builder = CommandHost.CreateBuilder(settings);
    builder.ListenOnPort(settings);
    builder.AddAuthenticationByToken();
    builder.AddHttp();
    builder.AddHealth();

    var app = builder.Build();
    app.UseHttp();
    app.UseAuthentication();
    app.UseAuthorization();
    app.MapControllers();
    app.MapProblems();
    app.MapHealth();
    app.MapDescription();

    await app.Services.MigrateOnStartupAsync();
    await app.RunAsync();
}
