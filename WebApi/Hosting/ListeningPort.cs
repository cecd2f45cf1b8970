using System.Globalization;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace CleanUsers.WebApi.Hosting;

/// <summary>Where the service listens: the port of the environment, and the start of a web server there.</summary>
internal static class ListeningPort
{
    private const string Key = "PORT";
    private const string UrlsKey = "ASPNETCORE_URLS";
    private const string HttpPortsKey = "ASPNETCORE_HTTP_PORTS";
    private const string Addresses = "addresses such as http://*:8080";
    private const int Default = 8080; // the one of the container images of ASP.NET Core

    /// <summary>
    /// <c>PORT</c> means that port on all interfaces, as Heroku and its like expect. It overrides <c>ASPNETCORE_URLS</c> and
    /// <c>ASPNETCORE_HTTP_PORTS</c>, which images set, and <c>--urls</c> overrides it.
    /// </summary>
    public static WebApplicationBuilder ListenOnPort(this WebApplicationBuilder builder, string[] settings)
    {
        var typed = new ConfigurationBuilder().AddCommandLine(settings).Build()[WebHostDefaults.ServerUrlsKey];
        if (Parse(Key, builder.Configuration[Key], builder.Errors()) is { } port && typed is null)
        {
            // addresses and ports side by side would be a warning at every start
            builder.WebHost.UseUrls($"http://*:{port}").UseSetting(WebHostDefaults.HttpPortsKey, "");
        }

        foreach (var url in Entries(builder.Configuration[WebHostDefaults.ServerUrlsKey]).Where(url => !IsAddress(url)))
            builder.Errors().Add(WebHostDefaults.ServerUrlsKey, $"'{url}'", Addresses);
        return builder;
    }

    /// <summary>Starts a web server.</summary>
    /// <param name="app">The web server.</param>
    /// <param name="addresses">Where it is to listen; for an error that does not name the address.</param>
    /// <param name="ct">Ends the start.</param>
    /// <exception cref="AddressUnavailableException">It can't listen there.</exception>
    public static async Task StartAsync(WebApplication app, string addresses, CancellationToken ct)
    {
        try
        {
            await app.StartAsync(ct);
        }
        catch (IOException exception) when (exception.InnerException is AddressInUseException)
        {
            throw new AddressUnavailableException(exception.Message, exception); // names the address
        }
        catch (Exception exception) when (exception is IOException or SocketException && exception.GetBaseException() is SocketException)
        {
            throw new AddressUnavailableException($"Failed to bind to address {addresses}: {exception.GetBaseException().Message}.", exception);
        }
    }

    private static bool IsAddress(string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            var isHttp = address.Scheme.ToUpperInvariant() is "HTTP" or "HTTPS";
            // the framework takes what is no port for a part of the host
            var isHost = address.IsUnixPipe || address.IsNamedPipe || address.Host.StartsWith('[')
                || !address.Host.Contains(':', StringComparison.Ordinal);
            return isHttp && isHost && address.Port is >= 0 and <= 65535;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>The port of a service that was started in the same environment.</summary>
    /// <exception cref="ConfigurationException">A value in the environment is not a port, or not an address.</exception>
    public static int Find(IConfiguration environment)
    {
        var errors = new ConfigurationErrors();
        var port = Parse(Key, environment[Key], errors)
            ?? PortOf(environment[UrlsKey], errors)
            ?? Parse(HttpPortsKey, Entries(environment[HttpPortsKey]).FirstOrDefault(), errors);
        errors.ThrowIfAny();
        return port ?? Default;
    }

    private static int? Parse(string key, string? text, ConfigurationErrors errors)
    {
        if (text is null) return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= 1 and <= 65535) return port;
        errors.Add(key, $"'{text}'", "1 to 65535");
        return null;
    }

    private static int? PortOf(string? urls, ConfigurationErrors errors)
    {
        try
        {
            return Entries(urls).Select(BindingAddress.Parse).FirstOrDefault(IsHttp)?.Port;
        }
        catch (FormatException)
        {
            errors.Add(UrlsKey, $"'{urls}'", Addresses);
            return null;
        }
    }

    /// <summary>In any case, as for the web server.</summary>
    private static bool IsHttp(BindingAddress address) => address.Scheme.Equals(Uri.UriSchemeHttp, StringComparison.OrdinalIgnoreCase);

    private static string[] Entries(string? list) => list?.Split(';', StringSplitOptions.RemoveEmptyEntries) ?? [];
}
