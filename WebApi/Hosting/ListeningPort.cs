using System.Globalization;

namespace CleanUsers.WebApi.Hosting;

/// <summary>The port on which the service listens, from the environment.</summary>
internal static class ListeningPort
{
    private const string Key = "PORT";
    private const string UrlsKey = "ASPNETCORE_URLS";
    private const string HttpPortsKey = "ASPNETCORE_HTTP_PORTS";
    private const int Default = 8080; // the one of the container images of ASP.NET Core

    /// <summary>
    /// <c>PORT</c> means that port on all interfaces, as Heroku and its like expect. It goes before <c>ASPNETCORE_URLS</c> and
    /// <c>ASPNETCORE_HTTP_PORTS</c>, which images set beforehand, and behind <c>--urls</c>, which was typed for this start.
    /// </summary>
    /// <exception cref="ConfigurationException">The value is not a port.</exception>
    public static WebApplicationBuilder ListenOnPort(this WebApplicationBuilder builder, string[] settings)
    {
        var typed = new ConfigurationBuilder().AddCommandLine(settings).Build()[WebHostDefaults.ServerUrlsKey];
        if (Parse(Key, builder.Configuration[Key]) is { } port && typed is null)
        {
            // addresses and ports side by side would be a warning at every start
            builder.WebHost.UseUrls($"http://*:{port}").UseSetting(WebHostDefaults.HttpPortsKey, "");
        }

        return builder;
    }

    /// <summary>The port of a service that was started in the same environment.</summary>
    /// <exception cref="ConfigurationException">A value in the environment is not a port, or not an address.</exception>
    public static int Find(IConfiguration environment) =>
        Parse(Key, environment[Key])
        ?? PortOf(environment[UrlsKey])
        ?? Parse(HttpPortsKey, Entries(environment[HttpPortsKey]).FirstOrDefault())
        ?? Default;

    /// <exception cref="ConfigurationException">There is a value, and it is not a port.</exception>
    private static int? Parse(string key, string? text)
    {
        if (text is null) return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= 1 and <= 65535
            ? port
            : throw new ConfigurationException(key, $"'{text}'", "1 to 65535");
    }

    private static int? PortOf(string? urls)
    {
        try
        {
            return Entries(urls).Select(BindingAddress.Parse).FirstOrDefault(address => address.Scheme == Uri.UriSchemeHttp)?.Port;
        }
        catch (FormatException)
        {
            throw new ConfigurationException(UrlsKey, $"'{urls}'", "addresses such as http://*:8080");
        }
    }

    private static string[] Entries(string? list) => list?.Split(';', StringSplitOptions.RemoveEmptyEntries) ?? [];
}
