using CleanUsers.Application.Ports;
using CleanUsers.Infrastructure;
using CleanUsers.WebApi.Hosting;

namespace CleanUsers.WebApi.Commands;

/// <summary>Creates or updates the schema of the database, and ends. Several may run at once.</summary>
internal sealed class MigrateCommand : ServiceCommand
{
    public MigrateCommand()
        : base("migrate", "Creates or updates the schema of the database, and exits. It is safe to repeat.", "migrate")
    {
        SetAction((_, ct) => CommandHost.RunAsync(async services =>
        {
            await services.MigrateAsync(ct);
            await Console.Out.WriteLineAsync("The database is up to date.");
            if (await services.GetRequiredService<IDatabase>().FindAdviceAsync(ct) is { } advice) ErrorOutput.WriteLine(advice);
            return 0;
        }));
    }
}
