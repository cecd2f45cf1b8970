using CleanUsers.Infrastructure;
using Microsoft.Extensions.Logging.Console;

namespace CleanUsers.WebApi.Commands;

/// <summary>Creates or updates the schema of the database, and ends. Several may run at once.</summary>
internal sealed class MigrateCommand : ServiceCommand
{
    public MigrateCommand()
        : base("migrate", "Creates or updates the schema of the database, and ends. Safe to repeat.", "migrate")
    {
        SetAction(async (_, ct) =>
        {
            var builder = CommandHost.CreateBuilder([]);
            builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
            await using var app = builder.Build();
            await app.Services.MigrateAsync(ct);
            await Console.Out.WriteLineAsync("The database is up to date.");
        });
    }
}
