using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CleanUsers.Infrastructure.Tests;

/// <summary>Where in a conversation a mail server replies.</summary>
public enum MailPhase
{
    Greeting,
    Ehlo,
    Auth,
    Mail,
    Rcpt,
    Data,

    /// <summary>After the dot that ends the message.</summary>
    Dot,

    Quit,
}

/// <summary>What a mail server does in place of a reply: it sends these bytes, or acts as it is named.</summary>
internal sealed record BadReply(string Name, byte[]? Bytes = null)
{
    public static readonly BadReply Endless = new("endless");
    public static readonly BadReply Silence = new("silence");
    public static readonly BadReply Close = new("close");

    public static BadReply Of(string name, string line) => new(name, Encoding.UTF8.GetBytes(line + "\r\n"));
}

/// <summary>A mail server that follows RFC 5321, but for one reply on its first connection.</summary>
internal sealed class ScriptedMailServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly IReadOnlyList<string> _extensions;
    private readonly MailPhase _phase;
    private readonly BadReply? _bad;
    private readonly string? _challenge;

    /// <param name="extensions">What it offers, for example <c>SMTPUTF8</c>.</param>
    /// <param name="phase">Where it misbehaves.</param>
    /// <param name="bad">What it does there; null for a server that always behaves.</param>
    /// <param name="challenge">What it replies to AUTH in place of success, before anything else.</param>
    public ScriptedMailServer(IReadOnlyList<string>? extensions = null, MailPhase phase = default, BadReply? bad = null, string? challenge = null)
    {
        (_extensions, _phase, _bad, _challenge) = (extensions ?? [], phase, bad, challenge);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>The commands of all connections.</summary>
    public ConcurrentQueue<string> Commands { get; } = [];

    /// <summary>The messages that came to their end, without the dots that SMTP adds, byte for byte as Latin-1.</summary>
    public ConcurrentQueue<string> Messages { get; } = [];

    public void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        for (var misbehaves = _bad is not null; !_end.IsCancellationRequested; misbehaves = false)
        {
            try
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token), misbehaves, _end.Token);
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return; // the test is over
            }
        }
    }

    private async Task ServeAsync(TcpClient connection, bool misbehaves, CancellationToken end)
    {
        using var _ = connection;
        var stream = connection.GetStream();
        using var reader = new StreamReader(stream, Encoding.Latin1, false, 1024, leaveOpen: true);
        try
        {
            if (!await ReplyAsync(MailPhase.Greeting, "220 ready")) return;
            while (await reader.ReadLineAsync(end) is { } line)
            {
                var command = Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(line));
                Commands.Enqueue(command);
                var goesOn = command.Split(' ', ':')[0].ToUpperInvariant() switch
                {
                    "EHLO" => await ReplyAsync(MailPhase.Ehlo, string.Concat(_extensions.Select(extension => $"250-{extension}\r\n")) + "250 HELP"),
                    "HELO" => await ReplyAsync(MailPhase.Ehlo, "250 hello"),
                    "AUTH" => await AuthenticateAsync(),
                    "MAIL" => await ReplyAsync(MailPhase.Mail, "250 sender"),
                    "RCPT" => await ReplyAsync(MailPhase.Rcpt, "250 recipient"),
                    "DATA" => await TakeAsync(),
                    "QUIT" => await ReplyAsync(MailPhase.Quit, "221 bye") && false,
                    _ => await SendAsync("250 ok"),
                };
                if (!goesOn) return;
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // the client has gone, or the test is over
        }

        async Task<bool> SendAsync(string reply)
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(reply + "\r\n"), end);
            return true;
        }

        async Task<bool> ReplyAsync(MailPhase phase, string reply)
        {
            if (!misbehaves || phase != _phase) return await SendAsync(reply);
            if (_bad == BadReply.Close) return false;
            if (_bad!.Bytes is not null)
            {
                await stream.WriteAsync(_bad.Bytes, end);
                return true;
            }

            if (_bad == BadReply.Endless) await stream.WriteAsync("250 "u8.ToArray(), end);
            while (_bad == BadReply.Endless) await stream.WriteAsync(new byte[4096].Select(_ => (byte)'x').ToArray(), end);
            while (await reader.ReadLineAsync(end) is not null)
            {
                // until the client has gone
            }

            return false;
        }

        async Task<bool> AuthenticateAsync()
        {
            if (_challenge is null) return await ReplyAsync(MailPhase.Auth, "235 welcome");
            await SendAsync($"334 {_challenge}");
            return await reader.ReadLineAsync(end) is not null && await SendAsync("535 no");
        }

        async Task<bool> TakeAsync()
        {
            if (!await ReplyAsync(MailPhase.Data, "354 go ahead")) return false;
            if (misbehaves && _phase == MailPhase.Data) return true; // the client does not send the message
            // a bare CR or LF must not pass as a line end here, as StreamReader has it
            var message = new StringBuilder();
            var one = new char[1];
            while (!message.ToString(Math.Max(0, message.Length - 5), Math.Min(5, message.Length)).Equals("\r\n.\r\n", StringComparison.Ordinal))
            {
                if (await reader.ReadAsync(one, end) == 0) return false;
                message.Append(one[0]);
            }

            Messages.Enqueue(message.ToString(0, message.Length - 3).Replace("\r\n..", "\r\n.", StringComparison.Ordinal));
            return await ReplyAsync(MailPhase.Dot, "250 taken");
        }
    }
}
