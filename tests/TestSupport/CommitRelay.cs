using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace CleanUsers.TestSupport;

/// <summary>
/// Stands between a client and a PostgreSQL server, and can lose the reply to the next COMMIT, or to the next statement that writes a user and is a
/// transaction by itself: the server has committed, something else may happen then, and the client's connection ends without the reply. See "Message
/// Flow" in PostgreSQL's documentation of its protocol.
/// </summary>
public sealed partial class CommitRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly (string Host, int Port) _server;
    private readonly Task _accepting;
    private Func<Task>? _meanwhile;

    public CommitRelay(string host, int port)
    {
        _server = (host, port);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many replies were lost.</summary>
    public int Lost { get; private set; }

    /// <summary>Loses the reply to the next commit.</summary>
    /// <param name="meanwhile">What happens between the commit and the end of the connection.</param>
    public void LoseNextReply(Func<Task> meanwhile) => _meanwhile = meanwhile;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        while (!_end.IsCancellationRequested)
        {
            try
            {
                connections.Add(RelayAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
            }
            catch (Exception exception) when (_end.IsCancellationRequested && exception is OperationCanceledException or SocketException)
            {
                break;
            }
        }

        await Task.WhenAll(connections);
    }

    private async Task RelayAsync(TcpClient client)
    {
        using var server = new TcpClient();
        using (client)
        {
            await server.ConnectAsync(_server.Host, _server.Port);
            var connection = new Connection(client.GetStream(), server.GetStream());
            await Task.WhenAny(RequestsAsync(connection), RepliesAsync(connection));
        }
    }

    private async Task RequestsAsync(Connection connection)
    {
        try
        {
            var start = await ReadAsync(connection.Client, 4); // the first message has no type
            await connection.Server.WriteAsync(start, _end.Token);
            await connection.Server.WriteAsync(await ReadAsync(connection.Client, BinaryPrimitives.ReadInt32BigEndian(start) - 4), _end.Token);
            while (true)
            {
                var message = await ReadMessageAsync(connection.Client);
                connection.IsCommitting = connection.Commits(message) && _meanwhile is not null;
                await connection.Server.WriteAsync(message, _end.Token);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // one of both has ended the connection
        }
    }

    private async Task RepliesAsync(Connection connection)
    {
        try
        {
            while (true)
            {
                var message = await ReadMessageAsync(connection.Server);
                if (!connection.IsCommitting)
                {
                    await connection.Client.WriteAsync(message, _end.Token);
                }
                else if (message[0] == (byte)'Z') // ReadyForQuery: the transaction has ended
                {
                    var meanwhile = _meanwhile!;
                    _meanwhile = null;
                    await meanwhile();
                    Lost++;
                    return;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // one of both has ended the connection
        }
    }

    private async Task<byte[]> ReadMessageAsync(NetworkStream stream)
    {
        var head = await ReadAsync(stream, 5); // type, and length without the type
        return [.. head, .. await ReadAsync(stream, BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(1)) - 4)];
    }

    private async Task<byte[]> ReadAsync(NetworkStream stream, int length)
    {
        var bytes = new byte[length];
        await stream.ReadExactlyAsync(bytes, _end.Token);
        return bytes;
    }

    [GeneratedRegex("(INTO|UPDATE) \"Users\"", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex WritesUser();

    private sealed record Connection(NetworkStream Client, NetworkStream Server)
    {
        // the names of the statements that write a user
        private readonly HashSet<string> _writes = [];
        private bool _isInTransaction;

        public volatile bool IsCommitting;

        /// <summary>Whether the server will have committed when it has replied to the message and those that belong to it.</summary>
        public bool Commits(byte[] message)
        {
            var texts = Encoding.UTF8.GetString(message.AsSpan(5)).Split('\0');
            switch ((char)message[0])
            {
                case 'Q': // a simple query
                    _isInTransaction = texts[0].StartsWith("BEGIN", StringComparison.Ordinal);
                    return texts[0] == "COMMIT";
                case 'P': // Parse: a name, and the statement
                    if (WritesUser().IsMatch(texts[1])) _writes.Add(texts[0]);
                    else _writes.Remove(texts[0]);
                    return false;
                case 'B': // Bind: the name of a portal, and that of a statement
                    return !_isInTransaction && _writes.Contains(texts[1]);
                default:
                    return IsCommitting;
            }
        }
    }
}
