using CleanUsers.Application.Ports;
using CleanUsers.Infrastructure.Emails;
using CleanUsers.Infrastructure.Idempotency;
using CleanUsers.Infrastructure.Persistence;
using CleanUsers.Infrastructure.Persistence.Feed;
using CleanUsers.Infrastructure.Persistence.PostgreSql;
using CleanUsers.Infrastructure.Persistence.Scim;
using CleanUsers.Infrastructure.Persistence.Search;
using CleanUsers.Infrastructure.Persistence.Sqlite;
using CleanUsers.Infrastructure.Persistence.SqlServer;
using CleanUsers.Infrastructure.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CleanUsers.Infrastructure;

public static class DependencyInjection
{
    /// <summary>The ports' implementations. The host adds logging.</summary>
    /// <param name="connectionString">Null only for the embedded database.</param>
    /// <exception cref="ConnectionStringException">The connection string is missing or not valid.</exception>
    public static IServiceCollection AddInfrastructure(
        this IServiceCollection services, DatabaseOptions options, string? connectionString) => services
        .AddSingleton(Options.Create(options))
        .AddDatabase(options, connectionString)
        .AddSingleton<CompiledUserQueries>()
        .AddSingleton<RarestWord>()
        .AddSingleton(provider =>
        {
            using var scope = provider.CreateScope();
            return new UserTable(scope.ServiceProvider.GetRequiredService<UsersDbContext>().Model);
        })
        .AddTelemetry()
        .AddScoped<IDatabase, Database>()
        .AddScoped<IUserRepository, UserRepository>()
        .AddScoped<UserReader>()
        .AddScoped<IHistoryReader, HistoryReader>()
        .AddScoped<IChangeFeed, ChangeFeed>()
        .AddScoped<IEmailRepository, EmailRepository>()
        .AddScoped<IWebhookRepository, WebhookRepository>()
        .AddScoped<IApiKeyRepository, ApiKeyRepository>()
        .AddScoped<IScimUsers, ScimUsers>()
        .AddScoped<IIdempotencyStore, IdempotencyStore>();

    /// <summary>The sender of emails. The host adds logging.</summary>
    /// <param name="smtp">The mail server; used only for delivery by SMTP.</param>
    public static IServiceCollection AddEmailDelivery(this IServiceCollection services, EmailOptions options, SmtpOptions smtp) =>
        services.AddSingleton<IEmailSender>(provider => new SafeSender(
            options.Delivery switch
            {
                EmailTransport.Pickup => new PickupFolder(options),
                EmailTransport.Smtp => new SmtpSender(options, smtp),
            },
            provider.GetRequiredService<ILogger<SafeSender>>()));

    /// <summary>The sender of events to webhooks. The host adds logging.</summary>
    public static IServiceCollection AddWebhookSender(this IServiceCollection services, WebhookSettings settings) =>
        services.AddSingleton<IWebhookSender>(provider => new WebhookSender(
            settings, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<WebhookSender>>()));

    /// <summary>Creates or updates the schema, if the configuration has the service do it.</summary>
    /// <exception cref="DatabaseUnavailableException">The database can't be used.</exception>
    /// <exception cref="IncompatibleSchemaException">Another build made the schema.</exception>
    public static async Task MigrateOnStartupAsync(this IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<DatabaseOptions>>().Value;
        if (options.ShouldMigrateOnStartup) await services.MigrateAsync(CancellationToken.None);
    }

    /// <summary>Creates or updates the schema.</summary>
    /// <exception cref="DatabaseUnavailableException">The database can't be used.</exception>
    /// <exception cref="IncompatibleSchemaException">Another build made the schema.</exception>
    public static async Task MigrateAsync(this IServiceProvider services, CancellationToken ct)
    {
        await using var scope = services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IDatabase>().MigrateAsync(ct);
    }

    /// <summary>The context of each scope, of the database's own type.</summary>
    internal static IServiceCollection AddScopedContext<TContext>(this IServiceCollection services)
        where TContext : UsersDbContext => services
        .AddScoped<ScopedContext, ScopedContext<TContext>>()
        .AddScoped(scope => scope.GetRequiredService<ScopedContext>().Value);

    /// <summary>Reads of users by prepared statements.</summary>
    internal static IServiceCollection AddPreparedStatements(
        this IServiceCollection services, Func<IServiceProvider, IPreparedConnections> connections) =>
        services
            .AddSingleton(connections)
            .AddSingleton(provider =>
            {
                using var scope = provider.CreateScope();
                return new UserStatements(
                    scope.ServiceProvider.GetRequiredService<UsersDbContext>(), provider.GetRequiredService<UserTable>(),
                    provider.GetRequiredService<IPreparedConnections>(), provider.GetRequiredService<RarestWord>(),
                    provider.GetRequiredService<CompiledUserQueries>());
            })
            .AddSingleton<IUserLookup>(provider => provider.GetRequiredService<UserStatements>())
            .AddScoped<Func<UserReader>>(provider => provider.GetRequiredService<UserReader>)
            .AddScoped<IUserReader, PreparedUserReader>();

    private static IServiceCollection AddDatabase(this IServiceCollection services, DatabaseOptions options, string? connectionString) =>
        options.Provider switch
        {
            DatabaseProvider.Sqlite => services.AddSqlite(connectionString ?? DatabaseOptions.EmbeddedDatabase),
            DatabaseProvider.SqlServer => services.AddSqlServer(connectionString ?? ""),
            DatabaseProvider.PostgreSql => services.AddPostgreSql(connectionString ?? ""),
        };

    private static IServiceCollection AddTelemetry(this IServiceCollection services)
    {
        DatabaseTelemetry.Listen();
        default(UserMetrics).Commit(); // the totals exist, as 0, before the first user
        return services;
    }
}
