namespace CleanUsers.WebApi.Observability;

/// <summary>The log on standard output: plain text in Development, else one JSON object a line; one line a request.</summary>
internal static class LogSetup
{
    public static WebApplicationBuilder AddLogs(this WebApplicationBuilder builder)
    {
        if (builder.Environment.IsDevelopment()) return builder;
        builder.Logging.ClearProviders();
        builder.Services
            .AddSingleton(services => new LineQueue(Console.OpenStandardOutput(), services.GetRequiredService<TimeProvider>()))
            .AddSingleton<ILoggerProvider, JsonLog>();
        return builder;
    }

    /// <summary>Outside of everything else, so that it sees what the client gets and the whole time.</summary>
    public static void UseRequestLog(this IApplicationBuilder app) => app.UseMiddleware<RequestLog>();
}
