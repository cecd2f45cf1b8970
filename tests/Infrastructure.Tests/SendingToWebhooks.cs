using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using CleanUsers.Application.Ports;
using CleanUsers.Domain.Users;
using CleanUsers.Infrastructure.Webhooks;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace CleanUsers.Infrastructure.Tests;

public sealed class SendingToWebhooks
{
    private static readonly TimeSpan SendTimeout = TimeSpan.FromSeconds(15);
    private static readonly IPNetwork Loopback = IPNetwork.Parse("127.0.0.0/8");

    private readonly FakeTimeProvider _clock = new(new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("93.184.215.14", true)]
    [InlineData("8.8.8.8", true)]
    [InlineData("2606:4700::1111", true)]
    [InlineData("64:ff9b::808:808", true)] // NAT64 of a public address
    [InlineData("0.0.0.0", false)]
    [InlineData("0.1.2.3", false)]
    [InlineData("10.0.0.1", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("100.127.255.255", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("127.255.255.254", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("172.16.0.1", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.0.0.8", false)]
    [InlineData("192.0.2.1", false)]
    [InlineData("192.88.99.1", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("198.18.0.1", false)]
    [InlineData("198.51.100.1", false)]
    [InlineData("203.0.113.1", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("240.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::", false)]
    [InlineData("::1", false)]
    [InlineData("::7f00:1", false)] // IPv4-compatible
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("::ffff:a9fe:a9fe", false)]
    [InlineData("64:ff9b::7f00:1", false)]
    [InlineData("64:ff9b::a9fe:a9fe", false)]
    [InlineData("64:ff9b:1::808:808", false)] // NAT64 of a local network
    [InlineData("100::1", false)]
    [InlineData("2001::1", false)] // Teredo
    [InlineData("2001:2::1", false)]
    [InlineData("2001:10::1", false)]
    [InlineData("2001:db8::1", false)]
    [InlineData("2002:7f00:1::", false)] // 6to4
    [InlineData("2002:a9fe:a9fe::1", false)]
    [InlineData("3fff::1", false)]
    [InlineData("fc00::1", false)]
    [InlineData("fd12:3456::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fe80::1%1", false)]
    [InlineData("fec0::1", false)]
    [InlineData("ff02::1", false)]
    [InlineData("4000::1", false)]
    public void Only_addresses_of_the_public_internet_are_allowed(string address, bool isAllowed) =>
        Assert.Equal(isAllowed, new TargetAddresses([]).Allows(IPAddress.Parse(address)));

    [Fact]
    public void Configured_networks_are_allowed_and_no_others()
    {
        var addresses = new TargetAddresses([Loopback, IPNetwork.Parse("fd00::/8")]);
        foreach (var allowed in (string[])["127.0.0.1", "::ffff:127.0.0.1", "fd00::1"]) Assert.True(addresses.Allows(IPAddress.Parse(allowed)));
        foreach (var forbidden in (string[])["10.0.0.1", "::1", "fc00::1"]) Assert.False(addresses.Allows(IPAddress.Parse(forbidden)));
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest/meta-data", "169.254.169.254")]
    [InlineData("http://127.0.0.1/", "127.0.0.1")]
    [InlineData("http://2130706433/", "127.0.0.1")]
    [InlineData("http://0x7f.1/", "127.0.0.1")]
    [InlineData("http://017700000001/", "127.0.0.1")]
    [InlineData("http://127.1/", "127.0.0.1")]
    [InlineData("http://10.0.0.1:8080/", "10.0.0.1")]
    [InlineData("http://[::1]/", "::1")]
    [InlineData("http://[::ffff:10.0.0.1]/", "::ffff:10.0.0.1")]
    [InlineData("http://localhost/", "localhost")]
    [InlineData("http://LOCALHOST./", "localhost.")]
    [InlineData("http://db.localhost/", "db.localhost")]
    [InlineData("http://93.184.215.14/", null)]
    [InlineData("http://127.0.0.1./", "127.0.0.1")]
    [InlineData("http://example.org/", null)]
    public void Forbidden_address_in_a_URL_is_found(string url, string? address)
    {
        using var sender = Sender([]);
        Assert.Equal(address, sender.FindForbiddenAddress(new Uri(url)));
    }

    [Theory]
    [InlineData("http://localhost:{0}/", "127.0.0.1")]
    [InlineData("http://127.0.0.1:{0}/", null)]
    [InlineData("http://internal.example:{0}/", "127.0.0.1")]
    [InlineData("http://internal.example:{0}/", "8.8.8.8 127.0.0.1")] // one address that is not allowed is enough
    [InlineData("http://internal.example:{0}/", "::ffff:127.0.0.1")]
    public async Task Nothing_is_sent_to_a_host_whose_address_is_forbidden(string url, string? resolved)
    {
        using var receiver = new Receiver();
        using var sender = Sender([], resolved?.Split(' '));
        var attempt = await sender.SendAsync(Message(string.Format(null, url, receiver.Port)), Ct);
        Assert.Equal(WebhookOutcome.Failed, attempt.Outcome);
        Assert.Equal("The host of the URL has an address that is not on the public internet, and not allowed.", attempt.Reason);
        Assert.Empty(receiver.Requests);
    }

    [Fact]
    public async Task Name_is_looked_up_for_each_attempt_and_once_for_each()
    {
        using var receiver = new Receiver(hangs: true); // it leaves the connection open
        var lookups = 0;
        using var sender = new WebhookSender(
            new([Loopback], TimeSpan.FromSeconds(15)), TimeProvider.System, NullLogger<WebhookSender>.Instance,
            (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse(++lookups == 1 ? "127.0.0.1" : "169.254.169.254")]));
        var message = Message($"http://rebinding.example:{receiver.Port}/");
        Assert.Equal(WebhookOutcome.Delivered, (await sender.SendAsync(message, Ct)).Outcome);
        Assert.Equal(1, lookups); // the address that was checked is the one that was connected to
        Assert.Contains("not on the public internet", (await sender.SendAsync(message, Ct)).Reason, StringComparison.Ordinal);
        Assert.Equal((2, 1), (lookups, receiver.Requests.Count)); // and no connection was used again
    }

    [Fact]
    public async Task Request_has_the_headers_and_the_body_of_the_standards()
    {
        using var receiver = new Receiver();
        using var sender = Sender([Loopback]);
        using var trace = new Activity("delivery").Start();
        Assert.Equal(new WebhookAttempt(WebhookOutcome.Delivered, 200), await sender.SendAsync(Message(receiver.Url + "?key=1", "b2xk", "bmV3"), Ct));
        var request = Assert.Single(receiver.Requests);
        var end = request.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var (head, body) = (request[..(end + 2)], request[(end + 4)..]);
        Assert.StartsWith("POST /events?key=1 HTTP/1.1\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nContent-Type: application/cloudevents+json", head, StringComparison.Ordinal);
        Assert.Contains("\r\nwebhook-id: 7-3\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nwebhook-timestamp: 1767268800\r\n", head, StringComparison.Ordinal);
        Assert.Contains($"\r\nwebhook-signature: {Sign("old", body)} {Sign("new", body)}\r\n", head, StringComparison.Ordinal);
        Assert.DoesNotContain("traceparent", head, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(
            """{"specversion":"1.0","id":"7-3","source":"/api/v1/users","type":"cleanusers.user.updated","subject":"7","""
            + "\"time\":\"2026-01-01T11:00:00.123Z\",\"datacontenttype\":\"application/json\","
            + "\"data\":" + """{"userId":7,"version":3,"kind":"updated","at":"2026-01-01T11:00:00.123Z"}}""",
            body);

        static string Sign(string key, string body) =>
            "v1," + Convert.ToBase64String(HMACSHA256.HashData(Encoding.ASCII.GetBytes(key), Encoding.UTF8.GetBytes($"7-3.1767268800.{body}")));
    }

    [Theory]
    [InlineData("200 OK", WebhookOutcome.Delivered, "")]
    [InlineData("204 No Content", WebhookOutcome.Delivered, "")]
    [InlineData(
        "302 Found\r\nLocation: http://127.0.0.1:1/", WebhookOutcome.Failed,
        "The receiver responded with status code 302: redirects are not followed.")]
    [InlineData("304 Not Modified", WebhookOutcome.Failed, "The receiver responded with status code 304.")]
    [InlineData("400 Bad Request", WebhookOutcome.Failed, "The receiver responded with status code 400.")]
    [InlineData("410 Gone", WebhookOutcome.Gone, "The receiver responded with status code 410: it wants no more events.")]
    [InlineData("500 Internal Server Error", WebhookOutcome.Failed, "The receiver responded with status code 500.")]
    public async Task Status_code_decides(string status, WebhookOutcome outcome, string reason)
    {
        using var receiver = new Receiver($"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
        using var sender = Sender([Loopback]);
        var attempt = await sender.SendAsync(Message(receiver.Url), Ct);
        Assert.Equal((outcome, int.Parse(status[..3], null), reason), (attempt.Outcome, attempt.StatusCode, attempt.Reason));
    }

    [Theory]
    [InlineData("120", 120)]
    [InlineData("0", 0)]
    [InlineData("Thu, 01 Jan 2026 12:02:00 GMT", 120)]
    [InlineData("Thu, 01 Jan 2026 11:59:00 GMT", -60)]
    [InlineData("later", null)]
    [InlineData("99999999999999999999", null)]
    public async Task Retry_After_has_seconds_or_a_date(string value, int? seconds)
    {
        using var receiver = new Receiver($"HTTP/1.1 429 Too Many Requests\r\nRetry-After: {value}\r\nContent-Length: 0\r\n\r\n");
        using var sender = Sender([Loopback]);
        Assert.Equal(seconds, (await sender.SendAsync(Message(receiver.Url), Ct)).RetryAfter?.TotalSeconds);
    }

    [Theory]
    [InlineData("", "The receiver ended the connection, or sent what is not a response of HTTP.")]
    [InlineData("HTTP/1.1 20", "The receiver ended the connection, or sent what is not a response of HTTP.")]
    [InlineData("HTTP/1.1 000 x\r\nContent-Length: 0\r\n\r\n", "The receiver ended the connection, or sent what is not a response of HTTP.")]
    [InlineData("SSH-2.0-OpenSSH\r\n\r\n", "The receiver ended the connection, or sent what is not a response of HTTP.")]
    public async Task Receiver_that_closes_early_or_does_not_speak_HTTP_is_a_failure(string response, string reason)
    {
        using var receiver = new Receiver(response);
        using var sender = Sender([Loopback]);
        var attempt = await sender.SendAsync(Message(receiver.Url), Ct);
        Assert.Equal((WebhookOutcome.Failed, null, reason), (attempt.Outcome, attempt.StatusCode, attempt.Reason));
    }

    [Fact]
    public async Task Headers_of_a_response_may_be_long()
    {
        using var receiver = new Receiver($"HTTP/1.1 200 OK\r\nSet-Cookie: {new string('x', 60_000)}\r\nContent-Length: 0\r\n\r\n");
        using var sender = Sender([Loopback]);
        Assert.Equal(WebhookOutcome.Delivered, (await sender.SendAsync(Message(receiver.Url), Ct)).Outcome);
    }

    [Fact]
    public async Task Headers_without_an_end_are_a_failure()
    {
        using var receiver = new Receiver("HTTP/1.1 200 OK\r\n" + string.Concat(Enumerable.Repeat($"X: {new string('x', 1000)}\r\n", 100)));
        using var sender = Sender([Loopback]);
        var attempt = await sender.SendAsync(Message(receiver.Url), Ct);
        Assert.Equal((WebhookOutcome.Failed, "The headers of the receiver's response have more than 64 KiB."), (attempt.Outcome, attempt.Reason));
    }

    [Fact]
    public async Task Body_of_a_response_without_an_end_does_not_hold_up_the_attempt()
    {
        using var receiver = new Receiver("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n" + new string('x', 100_000), hangs: true);
        using var sender = Sender([Loopback]);
        Assert.Equal(WebhookOutcome.Delivered, (await sender.SendAsync(Message(receiver.Url), Ct)).Outcome);
    }

    [Fact]
    public async Task Receiver_that_hangs_is_a_failure_after_the_timeout()
    {
        using var receiver = new Receiver("", hangs: true);
        using var sender = Sender([Loopback]);
        var attempt = sender.SendAsync(Message(receiver.Url), Ct);
        while (receiver.Requests.IsEmpty) await Task.Delay(10, Ct);
        _clock.Advance(SendTimeout - TimeSpan.FromMilliseconds(1));
        Assert.False(attempt.IsCompleted);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("The receiver did not respond in time.", (await attempt.WaitAsync(TimeSpan.FromSeconds(20), Ct)).Reason);
    }

    [Fact]
    public async Task Cancelled_attempt_is_no_failure()
    {
        using var receiver = new Receiver("", hangs: true);
        using var sender = Sender([Loopback]);
        using var cancelled = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sender.SendAsync(Message(receiver.Url), cancelled.Token));
    }

    [Fact]
    public async Task Port_without_a_listener_is_a_failure()
    {
        using var receiver = new Receiver();
        receiver.Dispose();
        using var sender = Sender([Loopback]);
        Assert.Equal("The receiver can't be reached.", (await sender.SendAsync(Message(receiver.Url), Ct)).Reason);
    }

    [Fact]
    public async Task Next_address_is_tried_if_one_does_not_listen()
    {
        using var receiver = new Receiver();
        using var sender = Sender([Loopback], ["127.0.0.2", "127.0.0.1"]);
        Assert.Equal(WebhookOutcome.Delivered, (await sender.SendAsync(Message($"http://two.example:{receiver.Port}/"), Ct)).Outcome);
    }

    [Fact]
    public async Task Name_without_an_address_is_a_failure()
    {
        using var sender = Sender([Loopback], []);
        Assert.Equal("The host of the URL was not found.", (await sender.SendAsync(Message("http://none.example/"), Ct)).Reason);
    }

    private WebhookSender Sender(IReadOnlyList<IPNetwork> allowed, string[]? resolved = null) => new(
        new(allowed, SendTimeout),
        _clock,
        NullLogger<WebhookSender>.Instance,
        (_, _) => Task.FromResult((resolved ?? throw new SocketException((int)SocketError.HostNotFound)).Select(IPAddress.Parse).ToArray()));

    private static OutgoingEvent Message(string url, params string[] keys) => new(
        "7-3", url, [.. keys.DefaultIfEmpty("b2xk").Select(key => $"whsec_{key}")], new(2026, 1, 1, 12, 0, 0, 999, TimeSpan.Zero), 7, 3,
        UserChangeKind.Updated, new(2026, 1, 1, 11, 0, 0, 123, TimeSpan.Zero));

    /// <summary>Reads a request on each connection, writes bytes, and closes it or hangs.</summary>
    private sealed class Receiver : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource _end = new();

        public Receiver(string response = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", bool hangs = false)
        {
            _listener.Start();
            _ = AcceptAsync(response, hangs);
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public string Url => field ??= $"http://127.0.0.1:{Port}/events";

        public ConcurrentQueue<string> Requests { get; } = new();

        public void Dispose()
        {
            _ = Url;
            _end.Cancel();
            _listener.Stop();
        }

        private async Task AcceptAsync(string response, bool hangs)
        {
            try
            {
                while (true)
                {
                    using var connection = await _listener.AcceptTcpClientAsync(_end.Token);
                    var stream = connection.GetStream();
                    var request = new StringBuilder();
                    var buffer = new byte[65_536];
                    while (!request.ToString().EndsWith("}}", StringComparison.Ordinal))
                        request.Append(Encoding.UTF8.GetString(buffer, 0, await stream.ReadAsync(buffer, _end.Token)));
                    Requests.Enqueue(request.ToString());
                    await stream.WriteAsync(Encoding.UTF8.GetBytes(response), _end.Token);
                    if (hangs) await Task.Delay(Timeout.Infinite, _end.Token);
                }
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or IOException or ObjectDisposedException)
            {
                // the end
            }
        }
    }
}
