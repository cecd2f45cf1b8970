using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using CleanUsers.Application.Ports;
using Microsoft.Extensions.Logging;

namespace CleanUsers.Infrastructure.Webhooks;

/// <summary>
/// Sends events over HTTP. Each attempt has a connection of its own, to an address that was looked up and checked for this connection: so a name
/// can't lead to one address in the check and to another one in the connection.
/// </summary>
internal sealed partial class WebhookSender : IWebhookSender, IDisposable
{
    private const string NotHttp = "The receiver ended the connection, or sent what is not a response of HTTP.";

    /// <summary>In KiB: the headers of a response may be long, although only their first line and <c>Retry-After</c> matter.</summary>
    private const int MaxResponseHeaders = 64;

    /// <summary>In bytes of the body of a response, which does not matter: of a longer one the connection is closed.</summary>
    private const int MaxResponseBody = 4 * 1024;

    private readonly TargetAddresses _addresses;
    private readonly TimeSpan _timeout;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _resolve;
    private readonly TimeProvider _clock;
    private readonly ILogger<WebhookSender> _logger;
    private readonly HttpMessageInvoker _client;

    /// <param name="settings">The settings.</param>
    /// <param name="clock">For times that a receiver names.</param>
    /// <param name="logger">The log.</param>
    /// <param name="resolve">Looks names up; null uses the resolver of the operating system.</param>
    public WebhookSender(
        WebhookSettings settings, TimeProvider clock, ILogger<WebhookSender> logger,
        Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
    {
        (_addresses, _timeout, _clock, _logger) = (new(settings.AllowedNetworks), settings.Timeout, clock, logger);
        _resolve = resolve ?? Dns.GetHostAddressesAsync;
        _client = new(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false, // it would look names up itself
            AutomaticDecompression = DecompressionMethods.None,
            PooledConnectionLifetime = TimeSpan.Zero, // one request each
            MaxResponseHeadersLength = MaxResponseHeaders,
            MaxResponseDrainSize = MaxResponseBody,
            ActivityHeadersPropagator = null, // trace ids must not be sent to receivers
            ConnectCallback = ConnectAsync,
        });
    }

    public string? FindForbiddenAddress(Uri url)
    {
        if (IPAddress.TryParse(url.IdnHost.TrimEnd('.'), out var address)) return _addresses.Allows(address) ? null : $"{address}";
        return TargetAddresses.IsLocalhost(url.IdnHost) && !_addresses.Allows(IPAddress.Loopback) && !_addresses.Allows(IPAddress.IPv6Loopback)
            ? url.IdnHost
            : null;
    }

    public async Task<WebhookAttempt> SendAsync(OutgoingEvent message, CancellationToken ct)
    {
        using var late = new CancellationTokenSource(_timeout, _clock);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct, late.Token);
        try
        {
            using var request = ToRequest(message);
            using var response = await _client.SendAsync(request, timeout.Token);
            return ToAttempt(response);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            return new(WebhookOutcome.Failed, Reason: ToReason(exception));
        }
    }

    public void Dispose() => _client.Dispose();

    private static HttpRequestMessage ToRequest(OutgoingEvent message)
    {
        var body = CloudEvent.Serialize(message);
        var timestamp = message.SentAt.ToUnixTimeSeconds();
        var request = new HttpRequestMessage(HttpMethod.Post, message.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new(CloudEvent.ContentType);
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("CleanUsers", "1"));
        request.Headers.Add("webhook-id", message.Id);
        request.Headers.Add("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", WebhookSignature.Create(message.Secrets, message.Id, timestamp, body));
        return request;
    }

    private WebhookAttempt ToAttempt(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        if (status < 100) return new(WebhookOutcome.Failed, Reason: NotHttp); // HttpClient takes 000
        if (response.IsSuccessStatusCode) return new(WebhookOutcome.Delivered, status);
        var reason = string.Create(CultureInfo.InvariantCulture, $"The receiver responded with status code {status}");
        if (response.StatusCode == HttpStatusCode.Gone) return new(WebhookOutcome.Gone, status, $"{reason}: it wants no more events.");
        var wait = response.Headers.RetryAfter is { } retryAfter ? retryAfter.Delta ?? retryAfter.Date - _clock.GetUtcNow() : null;
        var isRedirect = status is >= 300 and < 400 and not 304;
        return new(WebhookOutcome.Failed, status, isRedirect ? $"{reason}: redirects are not followed." : $"{reason}.", wait);
    }

    private string ToReason(Exception exception)
    {
        switch (exception)
        {
            case OperationCanceledException: return "The receiver did not respond in time.";
            case HttpRequestException { InnerException: ForbiddenAddressException }:
                // not which: that would show the addresses of names that only the service can look up
                return "The host of the URL has an address that is not on the public internet, and not allowed.";
            case HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError }: return "The host of the URL was not found.";
            case HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError }: return "The receiver can't be reached.";
            case HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError }:
                return "No secure connection to the receiver could be made.";
            case HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded }:
                return $"The headers of the receiver's response have more than {MaxResponseHeaders} KiB.";
            case HttpRequestException or IOException: return NotHttp;
            default:
                LogUnexpected(_logger, exception);
                return "The event could not be sent because of an unexpected error; the service's log has the details.";
        }
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var target = context.DnsEndPoint;
        var addresses = IPAddress.TryParse(target.Host, out var literal) ? [literal] : await _resolve(target.Host, ct);
        // if any address of the name is forbidden, the name is rejected
        if (Array.Find(addresses, address => !_addresses.Allows(address)) is { } forbidden) throw new ForbiddenAddressException(forbidden);
        if (addresses.Length == 0) throw new SocketException((int)SocketError.HostNotFound);
        for (var i = 0; ; i++)
        {
            var socket = new Socket(addresses[i].AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(addresses[i], target.Port), ct);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException) when (i + 1 < addresses.Length)
            {
                socket.Dispose(); // the next one may listen
            }
            catch (Exception)
            {
                socket.Dispose();
                throw;
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "An event could not be sent because of an unexpected error.")]
    private static partial void LogUnexpected(ILogger logger, Exception exception);
}
