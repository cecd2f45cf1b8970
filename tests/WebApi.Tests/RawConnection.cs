using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace CleanUsers.WebApi.Tests;

/// <summary>A connection that sends octets as they are given, never tries again, and reads answers of a known length.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly TcpClient _connection;
    private readonly byte[] _buffer = new byte[256 * 1024];
    private int _filled;

    public RawConnection(Uri address) => _connection = new TcpClient(address.Host, address.Port) { NoDelay = true };

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(byte[] octets) => await _connection.GetStream().WriteAsync(octets, TestContext.Current.CancellationToken);

    /// <summary>The next answer, octets as characters.</summary>
    /// <exception cref="EndOfStreamException">The connection ended before the answer did.</exception>
    public async Task<string> ReadAnswerAsync()
    {
        int length;
        while ((length = Length()) < 0)
        {
            var read = await _connection.GetStream().ReadAsync(_buffer.AsMemory(_filled), TestContext.Current.CancellationToken);
            if (read == 0) throw new EndOfStreamException($"Cut off after: {Encoding.Latin1.GetString(_buffer, 0, _filled)}");
            _filled += read;
        }

        var answer = Encoding.Latin1.GetString(_buffer, 0, length);
        _filled -= length;
        Array.Copy(_buffer, length, _buffer, 0, _filled);
        return answer;
    }

    public void Dispose() => _connection.Dispose();

    private int Length()
    {
        var text = Encoding.Latin1.GetString(_buffer, 0, _filled);
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0) return -1;
        var length = Regex.Match(text[..end], "(?i)(?<=\r\ncontent-length: *)[0-9]+", RegexOptions.None, TimeSpan.FromSeconds(1));
        var whole = end + 4 + (length.Success ? int.Parse(length.Value, CultureInfo.InvariantCulture) : 0);
        return whole <= _filled ? whole : -1;
    }
}
