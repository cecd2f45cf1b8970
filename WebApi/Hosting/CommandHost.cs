using System.Data.Common;
using CleanUsers.Application.Ports;
using Microsoft.Extensions.Logging.Console;

namespace CleanUsers.WebApi.Hosting;

/// <summary>What all commands need, <c>serve</c> among them.</summary>
internal static partial class CommandHost
{
    private const string ConsoleLog = "Logging:Console";
    private const string NoSchema =
        "it has no schema, or not that of this program. Check ConnectionStrings:CleanUsers and the folder, or run migrate.";

    /// <param name="settings">Of the command line: <c>--key=value</c>.</param>
    public static WebApplicationBuilder CreateBuilder(string[] settings)
    {
        // appsettings.json is beside the program, wherever it is started from
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = settings, ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelHttpsConfiguration(); // the slim builder lacks it, and IIS, HTTP/3 and other logs, which the service does not have
        // the slim builder sets it after the configuration was read
        if (builder.Configuration[$"{ConsoleLog}:{nameof(ConsoleLoggerOptions.FormatterName)}"] is { } formatter)
            builder.Services.PostConfigure<ConsoleLoggerOptions>(console => console.FormatterName = formatter);
        builder.EnsureUnicode();
        return builder;
    }

    /// <summary>Does something with the use cases, on behalf of the user of the operating system: without HTTP, without its settings.</summary>
    /// <param name="action">With the services of a scope; returns the exit code.</param>
    /// <exception cref="ConfigurationException">The configuration is not one to start with.</exception>
    /// <exception cref="DatabaseUnavailableException">The database can't be used.</exception>
    /// <exception cref="IncompatibleSchemaException">Another build made the schema of the database.</exception>
    public static async Task<int> RunAsync(Func<IServiceProvider, Task<int>> action)
    {
        await Task.Yield(); // System.CommandLine listens to signals only once an action has come back to it, and SQLite never waits
        var builder = CreateBuilder([]);
        builder.AddApplication();
        builder.AddInfrastructure();
        builder.EnsureValidSettings();
        // the command itself writes what went wrong, in a line; the stack is in the log, if the configuration enables it
        if (!builder.Configuration.GetSection(ConsoleLog).Exists()) builder.Logging.ClearProviders();
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.AddSingleton<ICaller, OperatingSystemCaller>();
        await using var app = builder.Build();
        await using var scope = app.Services.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<IDatabase>();
        try
        {
            return await action(scope.ServiceProvider);
        }
        catch (Exception exception) when (
            exception is not (OperationCanceledException or DatabaseUnavailableException or IncompatibleSchemaException))
        {
            LogFailed(app.Logger, exception);
            var isUnavailable = database.IsUnavailable(exception);
            if (!isUnavailable && exception.GetBaseException() is not DbException) throw;
            var state = await database.CheckAsync(CancellationToken.None);
            if (state == DatabaseState.IncompatibleSchema) throw new IncompatibleSchemaException(exception);
            if (!isUnavailable) throw;
            throw new DatabaseUnavailableException(state == DatabaseState.SchemaBehind
                ? new InvalidOperationException(NoSchema, exception)
                : exception.GetBaseException());
        }
    }

    [LoggerMessage(LogLevel.Error, "The command failed.")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
