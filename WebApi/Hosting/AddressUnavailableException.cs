using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace CleanUsers.WebApi.Hosting;

/// <summary>The service can't listen on an address: it is in use, does not belong to this machine, or needs a permission.</summary>
internal sealed class AddressUnavailableException(string message, Exception cause) : Exception(message, cause)
{
    /// <summary>EX_OSERR of sysexits.h.</summary>
    public const int ExitCode = 71;

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
}
