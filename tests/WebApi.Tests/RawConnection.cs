using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace CleanUsers.WebApi.Tests;

/// <summary>A connection that sends bytes as given, never retries, and reads responses of a known length.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly TcpClient _connection;
    private readonly byte[] _buffer = new byte[1024 * 1024];
    private readonly NetworkStream _stream;
    private int _filled;

    public RawConnection(Uri address)
    {
        _connection = new TcpClient(address.Host, address.Port) { NoDelay = true };
        _stream = _connection.GetStream(); // throws once the other side has closed the connection
    }

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(byte[] bytes) => await _stream.WriteAsync(bytes, TestContext.Current.CancellationToken);

    /// <summary>Sends as much as the other side takes: it may have responded and closed before it has all.</summary>
    public async Task TrySendAsync(byte[] bytes)
    {
        try
        {
            await SendAsync(bytes);
        }
        catch (IOException)
        {
            // its response can still be read
        }
    }

    /// <summary>Ends the sending side of the connection.</summary>
    public void EndSending()
    {
        try
        {
            _connection.Client.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // closed by the other side already
        }
    }

    /// <summary>Ends the connection at once with a reset (RFC 9293 section 3.10.4), as a client does that is killed.</summary>
    public void Reset()
    {
        _connection.Client.Close(timeout: 0); // disposing of the client would shut it down in order
    }

    /// <summary>The next response, as Latin-1.</summary>
    /// <exception cref="EndOfStreamException">The connection ended before the response did.</exception>
    public async Task<string> ReadResponseAsync() =>
        await ReadTextAsync("GET", Timeout.InfiniteTimeSpan)
            ?? throw new EndOfStreamException($"Cut off after: {Encoding.Latin1.GetString(_buffer, 0, _filled)}");

    /// <summary>The next response that is final (RFC 9110 section 15.2); null where the connection ended without one.</summary>
    /// <param name="method">The method of the request: a response to HEAD has no body.</param>
    /// <param name="timeout">How long the response may take.</param>
    public async Task<Response?> ReadAsync(string method, TimeSpan timeout)
    {
        while (await ReadTextAsync(method, timeout) is { } text)
        {
            var head = text[..text.IndexOf("\r\n\r\n", StringComparison.Ordinal)].Split("\r\n");
            var status = int.Parse(head[0].Split(' ')[1], CultureInfo.InvariantCulture);
            if (status < 200) continue;
            var headers = head.Skip(1).Select(line => line.Split(": ", 2)).GroupBy(line => line[0], line => line[1], StringComparer.OrdinalIgnoreCase)
                .ToDictionary(header => header.Key, header => string.Join(", ", header), StringComparer.OrdinalIgnoreCase);
            var body = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(
                Encoding.Latin1.GetBytes(text[(head.Sum(line => line.Length + 2) + 2)..]));
            return new Response(status, headers, body);
        }

        return null;
    }

    public void Dispose() => _connection.Dispose();

    private async Task<string?> ReadTextAsync(string method, TimeSpan timeout)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(timeout);
        int length;
        while ((length = Length(method)) < 0)
        {
            var read = 0;
            try
            {
                read = await _stream.ReadAsync(_buffer.AsMemory(_filled), limit.Token);
            }
            catch (IOException)
            {
                // reset: as if it had ended
            }

            if (read == 0) return null;
            _filled += read;
        }

        var response = Encoding.Latin1.GetString(_buffer, 0, length);
        _filled -= length;
        Array.Copy(_buffer, length, _buffer, 0, _filled);
        return response;
    }

    private int Length(string method)
    {
        var end = _buffer.AsSpan(0, _filled).IndexOf("\r\n\r\n"u8);
        if (end < 0) return -1;
        var head = Encoding.Latin1.GetString(_buffer, 0, end);
        var length = Regex.Match(head, "(?i)(?<=\r\ncontent-length: *)[0-9]+", RegexOptions.None, TimeSpan.FromSeconds(30));
        var whole = end + 4 + (length.Success && method != "HEAD" ? int.Parse(length.Value, CultureInfo.InvariantCulture) : 0);
        return whole <= _filled ? whole : -1;
    }
}
