namespace CleanUsers.WebApi.Hosting;

/// <summary>What a service does besides answering.</summary>
internal static class BackgroundWork
{
    public static WebApplicationBuilder AddBackgroundWork(this WebApplicationBuilder builder)
    {
        builder.Services
            .AddSingleton<Recurring>()
            .AddHostedService<ExpiredAnswers>()
            .AddHostedService<ExpiredUsers>()
            .AddHostedService<EmailDelivery>();
        return builder;
    }
}
