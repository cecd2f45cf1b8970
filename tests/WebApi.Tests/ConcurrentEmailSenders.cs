using System.Text.RegularExpressions;
using CleanUsers.TestSupport;
using Npgsql;

namespace CleanUsers.WebApi.Tests;

/// <summary>Two processes deliver the emails of one queue, and one of them is killed.</summary>
public sealed class ConcurrentEmailSenders : IAsyncLifetime
{
    private const int Emails = 500;
    private const int AtOnce = 4; // the number of emails that a process delivers at the same time

    private readonly PostgreSqlTestDatabase _database = new();
    private readonly MailServer _mail = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("cleanusers-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _database.CreateAsync();

    [Fact]
    public async Task Each_email_is_sent_and_only_those_of_the_killed_sender_may_be_sent_twice()
    {
        LongTest.SkipUnlessDemanded();
        _database.SkipWhereAbsent();
        await _mail.StartAsync();
        var first = await ServeAsync();
        await ExecuteAsync("""
            INSERT INTO "Users" ("Id", "Email", "EmailKey", "SortName", "SearchText", "Role", "Status",
                "CreatedAt", "CreatedBy", "UpdatedAt", "UpdatedBy", "Version")
            VALUES (1000, 'ada@example.org', 'ada@example.org', '', '', 0, 0, now(), 'eve', now(), 'eve', 1)
            """);
        await ExecuteAsync($"""
            INSERT INTO "Emails" ("Id", "UserId", "Subject", "Text", "Status", "CreatedAt", "CreatedBy", "Attempts", "DueAt", "Version")
            SELECT 1000 + n, 1000, 'Subject ' || n, 'Text', 0, now(), 'eve', 0, now(), 1 FROM generate_series(1, {Emails}) n
            """);
        using var second = await ServeAsync();
        using (first) await _mail.ReceivedAsync(Emails / 5); // and SIGKILL
        await UntilAllAreSentAsync();

        var sent = _mail.Received.Select(
            email => Regex.Match(
                email.Message, "^Message-I[dD]: <(?<id>.*)>", RegexOptions.Multiline | RegexOptions.ExplicitCapture,
                TimeSpan.FromSeconds(30)).Groups["id"].Value).ToList();
        Assert.Equal(Emails, sent.Distinct().Count());
        Assert.InRange(sent.Count - Emails, 0, AtOnce);
    }

    public async ValueTask DisposeAsync()
    {
        _mail.Dispose();
        await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private Task<OwnProcess> ServeAsync() => OwnProcess.ServeAsync(
        _folder,
        [
            ("Authentication__AllowAnonymous", "true"),
            .. _database.Settings,
            ("Email__Delivery", "Smtp"),
            ("Email__Smtp__Host", "127.0.0.1"),
            ("Email__Smtp__Port", $"{_mail.Port}"),
            ("Email__Smtp__Security", "None"),
        ],
        "--urls", "http://127.0.0.1:0");

    private async Task UntilAllAreSentAsync()
    {
        for (var i = 0; await ExecuteAsync("SELECT count(*) FROM \"Emails\" WHERE \"Status\" <> 1") > 0; i++)
        {
            Assert.True(i < 1200, $"{await ExecuteAsync("SELECT count(*) FROM \"Emails\" WHERE \"Status\" = 1")} were sent.");
            // lets the leases of the dead process expire
            if (i % 20 == 19)
                await ExecuteAsync("UPDATE \"Emails\" SET \"DueAt\" = now() WHERE \"DueAt\" BETWEEN now() AND now() + interval '115 seconds'");
            await Task.Delay(50, Ct);
        }
    }

    private async Task<long> ExecuteAsync(string statement)
    {
        await using var connection = new NpgsqlConnection(_database.ConnectionString);
        await connection.OpenAsync(Ct);
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // constants of this file
        command.CommandText = statement;
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync(Ct) is long number ? number : 0;
    }
}
