using System.Globalization;

namespace CleanUsers.WebApi.Hosting;

/// <summary>The port that the environment tells the service to listen on.</summary>
internal static class ListeningPort
{
    private const string Key = "PORT";
    private const string UrlsKey = "ASPNETCORE_URLS";
    private const string HttpPortsKey = "ASPNETCORE_HTTP_PORTS";
    private const int Default = 8080; // the one of the container images of ASP.NET Core

    /// <summary>The port to ask a service at that was started in the same environment.</summary>
    /// <exception cref="ConfigurationException">What the environment says is no port, or no address.</exception>
    public static int Find(IConfiguration environment) =>
        Read(environment, Key)
        ?? PortOf(environment[UrlsKey])
        ?? Read(environment, HttpPortsKey)
        ?? Default;

    /// <exception cref="ConfigurationException">There is a value, and it is no port.</exception>
    private static int? Read(IConfiguration configuration, string key)
    {
        if (configuration[key] is not { } text) return null;
        return int.TryParse(text.Split(';')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= 1 and <= 65535
            ? port
            : throw new ConfigurationException(key, $"'{text}'", "1 to 65535");
    }

    private static int? PortOf(string? urls)
    {
        try
        {
            return urls?.Split(';').Select(BindingAddress.Parse).FirstOrDefault(address => address.Scheme == Uri.UriSchemeHttp)?.Port;
        }
        catch (FormatException)
        {
            throw new ConfigurationException(UrlsKey, $"'{urls}'", "addresses such as http://*:8080");
        }
    }
}
