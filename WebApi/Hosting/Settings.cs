using CleanUsers.Infrastructure.Persistence;
using Microsoft.Extensions.Options;

namespace CleanUsers.WebApi.Hosting;

/// <summary>
/// How the configuration is read: a section is bound to its options class once, for what is set up with it, and handed on as
/// <see cref="IOptions{T}"/> to what runs later. What is wrong is collected, and thrown before anything starts.
/// </summary>
internal static class Settings
{
    private const string ConnectionStrings = nameof(ConnectionStrings);
    private const string Logging = nameof(Logging);

    /// <param name="builder">The builder of the host.</param>
    /// <param name="section">The name of the section.</param>
    /// <param name="others">What else stands in the section, for another class or the framework to read.</param>
    /// <returns>The section, or the defaults if something in it is wrong.</returns>
    public static T AddSettings<T>(this IHostApplicationBuilder builder, string section, params string[] others)
        where T : class, new()
    {
        var found = builder.Configuration.GetSection(section);
        builder.Errors().Check(found, typeof(T), others);
        var options = builder.Errors().IsValid(section) ? found.Get<T>() ?? new T() : new T();
        builder.Services.AddSingleton(Options.Create(options));
        return options;
    }

    /// <summary>Passes the connection string on. An error names the mistake and shows no value, because one can be a password.</summary>
    public static void UseConnectionString(this IHostApplicationBuilder builder, Action<string?> use)
    {
        var found = builder.Configuration.GetSection(ConnectionStrings);
        var errors = builder.Errors();
        errors.Check(found, typeof(ConnectionStringOptions));
        if (!errors.IsValid(ConnectionStrings) || !errors.IsValid(DatabaseOptions.Section)) return; // which database it belongs to is not certain
        var connectionString = found[DatabaseOptions.ConnectionStringName];
        try
        {
            use(connectionString);
        }
        catch (ConnectionStringException exception)
        {
            const string Key = $"{ConnectionStrings}:{DatabaseOptions.ConnectionStringName}";
            if (connectionString is null) errors.Add(Key, "missing", "a connection string of the database");
            else errors.AddMistake(Key, exception.Mistake);
        }
    }

    /// <summary>What was wrong so far with the configuration that the host is built with.</summary>
    public static ConfigurationErrors Errors(this IHostApplicationBuilder builder)
    {
        if (builder.Properties.TryGetValue(typeof(ConfigurationErrors), out var errors)) return (ConfigurationErrors)errors;
        var none = new ConfigurationErrors();
        builder.Properties.Add(typeof(ConfigurationErrors), none);
        return none;
    }

    /// <exception cref="ConfigurationException">The configuration is not one to start with.</exception>
    public static void EnsureValidSettings(this IHostApplicationBuilder builder)
    {
        builder.Errors().AddKnownSection(Logging);
        builder.Errors().CheckSectionNames(builder.Configuration);
        builder.Errors().CheckLogLevels(builder.Configuration.GetSection(Logging));
        builder.Errors().ThrowIfAny();
    }

    private sealed class ConnectionStringOptions
    {
        public string? CleanUsers { get; init; }
    }
}
