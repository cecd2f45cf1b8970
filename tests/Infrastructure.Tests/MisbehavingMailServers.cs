using System.Diagnostics;
using System.Text;
using CleanUsers.Application.Emails;
using CleanUsers.Application.Ports;
using CleanUsers.Domain.Emails;
using CleanUsers.Infrastructure.Emails;
using CleanUsers.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace CleanUsers.Infrastructure.Tests;

/// <summary>
/// Every phase of a conversation times every kind of reply: two emails wait for each server, which misbehaves on its first connection. The
/// other email is delivered, and the first has the outcome in the table.
/// </summary>
public abstract class MisbehavingMailServers(Store store) : IDisposable
{
    private static readonly BadReply[] Replies =
    [
        BadReply.Of("252", "252 Whatever"),
        BadReply.Of("334", "334 "),
        BadReply.Of("450", "450 4.2.0 Try later"),
        BadReply.Of("550", "550 5.1.1 No such mailbox"),
        BadReply.Of("530", "530 5.7.0 Authentication required"),
        BadReply.Of("999", "999 Nothing"),
        BadReply.Of("garbage", "HTTP/1.1 200 OK"),
        BadReply.Of("NUL", "550 5.1.1 No\0such"),
        new("Latin-1", Encoding.Latin1.GetBytes("550 5.1.1 Größe\r\n")),
        BadReply.Of("long", $"550 {string.Concat(Enumerable.Repeat("🚀", 400))}"),
        BadReply.Endless,
        BadReply.Silence,
        BadReply.Close,
    ];

    // S: sent. R: retried, F: failed, both with the reply as the reason. A: retried, authentication is required. L: retried, the login is not
    // accepted. P: retried, not SMTP. E: retried, a reply without an end. T: retried, a timeout.
    private const string Table = """
        .         252  334  450  550  530  999  garbage  NUL  Latin-1  long  endless  silence  close
        Greeting  R    R    R    R    A    R    P        R    R        R     E        T        P
        Ehlo      R    R    R    R    A    R    P        R    R        R     E        T        P
        Auth      L    L    L    L    L    L    P        L    L        L     E        T        P
        Mail      S    R    R    R    A    R    P        R    R        R     E        T        P
        Rcpt      S    R    R    F    A    R    P        F    F        F     E        T        P
        Data      R    R    R    F    A    R    P        F    F        F     E        T        P
        Dot       S    R    R    F    A    R    P        F    F        F     E        T        P
        Quit      S    S    S    S    S    S    S        S    S        S     S        S        S
        """;

    private readonly Store _store = store.Present();
    private readonly Dictionary<string, ScriptedMailServer> _servers = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_reply_in_each_phase_has_its_outcome_and_other_emails_are_delivered()
    {
        LongTest.SkipUnlessDemanded();
        var clock = Stopwatch.StartNew();
        var router = new Router();
        foreach (var phase in Enum.GetValues<MailPhase>())
        {
            foreach (var reply in Replies)
            {
                var server = _servers[$"{phase} {reply.Name}"] = new ScriptedMailServer(["AUTH PLAIN"], phase, reply);
                router.Senders[$"{phase} {reply.Name}"] = Sender(server.Port, TimeSpan.FromSeconds(reply == BadReply.Silence ? 2 : 20));
            }
        }

        var userId = await _store.AddAsync(Sample.User(), Ct);
        await _store.InScopeAsync(async scope =>
        {
            var emails = scope.GetRequiredService<IEmailRepository>();
            foreach (var cell in router.Senders.Keys.Concat(router.Senders.Keys))
                Assert.True(await emails.TryAddAsync(Email.Create(userId, cell, "Text", Sample.Now, "eve"), Ct));
            return 0;
        });

        await using (var services = _store.Services().AddSingleton<IEmailSender>(router).BuildServiceProvider())
        {
            while (await DeliverDueAsync(services))
            {
                // until all that is due was tried
            }
        }

        var outcomes = await _store.InScopeAsync(scope => scope.GetRequiredService<IEmailRepository>().ListAsync(userId, null, 1000, Ct));
        Assert.All(outcomes, email => Assert.Equal(1, email.Attempts));
        var expected = Expected();
        Assert.Equal(
            expected.OrderBy(cell => cell.Key, StringComparer.Ordinal).Select(cell => $"{cell.Key}: {cell.Value}; Sent"),
            outcomes.GroupBy(email => email.Subject).OrderBy(cell => cell.Key, StringComparer.Ordinal)
                .Select(cell => $"{cell.Key}: {string.Join("; ", cell.OrderBy(email => email.Status == EmailStatus.Sent).Select(Describe))}"));
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{expected.Count} cells, {outcomes.Count} emails in {clock.Elapsed.TotalSeconds:F1} s\n{Table}");
    }

    /// <summary>Delivers as the background service of the host does.</summary>
    private async Task<bool> DeliverDueAsync(ServiceProvider services)
    {
        await using var scope = services.CreateAsyncScope();
        var queue = await new FindDueEmails(scope.ServiceProvider.GetRequiredService<IEmailRepository>(), _store.Clock).ExecuteAsync(Ct);
        await Parallel.ForEachAsync(queue.Ids, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Ct }, async (id, ct) =>
        {
            await using var own = services.CreateAsyncScope();
            var (emails, sender) = (own.ServiceProvider.GetRequiredService<IEmailRepository>(),
                own.ServiceProvider.GetRequiredService<IEmailSender>());
            await new DeliverEmail(emails, sender, _store.Clock).ExecuteAsync(id, ct);
        });
        return queue.Ids.Count > 0;
    }

    public void Dispose()
    {
        foreach (var server in _servers.Values) server.Dispose();
        GC.SuppressFinalize(this);
    }

    private static string Describe(Email email) => email.LastError is null ? $"{email.Status}" : $"{email.Status}, {email.LastError}";

    private static Dictionary<string, string> Expected()
    {
        const StringSplitOptions Words = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;
        var lines = Table.Split('\n').Select(line => line.Split(' ', Words)).ToList();
        Assert.Equal(Replies.Select(reply => reply.Name), lines[0][1..]);
        Assert.Equal(Enum.GetNames<MailPhase>(), lines[1..].Select(line => line[0]));
        return lines[1..]
            .SelectMany(
                line => line[1..].Zip(Replies, (outcome, reply) => (Cell: $"{line[0]} {reply.Name}", Outcome: ExpectedOutcome(outcome[0], reply))))
            .ToDictionary(cell => cell.Cell, cell => cell.Outcome);
    }

    private static string ExpectedOutcome(char outcome, BadReply reply)
    {
        var text = reply.Name switch
        {
            "NUL" => "550 5.1.1 No such",
            _ when reply.Bytes is null => "",
            "Latin-1" => "550 5.1.1 Größe",
            _ => Encoding.UTF8.GetString(reply.Bytes)[..^2],
        };
        var expected = outcome switch
        {
            'S' => "Sent",
            'R' => $"Queued, The mail server replied: {text}",
            'F' => $"Failed, The mail server replied: {text}",
            'A' => $"Queued, The mail server requires authentication. It replied: {text}",
            'L' => $"Queued, The mail server did not accept the login. It replied: {text}",
            'P' => "Queued, The mail server ended the connection, or sent what is not a reply of SMTP.",
            'E' => "Queued, The mail server sent a reply without an end.",
            _ => "Queued, The mail server did not respond in time.",
        };
        // a reason has 500 UTF-16 code units, and no half surrogate pair
        var reasonStart = expected.IndexOf(' ', StringComparison.Ordinal) + 1;
        var length = Math.Min(expected.Length, reasonStart + Email.ErrorMaxLength);
        return char.IsHighSurrogate(expected[length - 1]) ? expected[..(length - 1)] : expected[..length];
    }

    private static IEmailSender Sender(int port, TimeSpan timeout) => new ServiceCollection()
        .AddLogging()
        .AddEmailDelivery(
            new() { Delivery = EmailTransport.Smtp, From = "users@example.org" },
            new() { Host = "127.0.0.1", Port = port, Security = SmtpSecurity.None, Username = "users", Password = "secret", Timeout = timeout })
        .BuildServiceProvider()
        .GetRequiredService<IEmailSender>();

    /// <summary>Sends each email by the server that its subject names.</summary>
    private sealed class Router : IEmailSender
    {
        public Dictionary<string, IEmailSender> Senders { get; } = [];

        public Task<Delivery> SendAsync(OutgoingEmail email, CancellationToken ct) => Senders[email.Subject].SendAsync(email, ct);
    }
}

public sealed class MisbehavingMailServersOnSqlite(SqliteStore store) : MisbehavingMailServers(store), IClassFixture<SqliteStore>;

public sealed class MisbehavingMailServersOnSqlServer(SqlServerStore store) : MisbehavingMailServers(store), IClassFixture<SqlServerStore>;

public sealed class MisbehavingMailServersOnPostgreSql(PostgreSqlStore store) : MisbehavingMailServers(store), IClassFixture<PostgreSqlStore>;
