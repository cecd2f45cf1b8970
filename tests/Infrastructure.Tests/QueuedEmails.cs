using CleanUsers.Application.Ports;
using CleanUsers.Domain.Emails;
using Microsoft.Extensions.DependencyInjection;

namespace CleanUsers.Infrastructure.Tests;

public abstract class QueuedEmails(Store store)
{
    private readonly Store _store = store.Present();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Saved_entity_is_read_back_exactly()
    {
        var userId = await _store.AddAsync(Sample.User(), Ct);
        var email = Email.Create(userId, "Grüße 👩‍🚀", "One\r\nTwo\tthree\n", Sample.Now, "eve");
        await SaveAsync(email);
        Assert.Equivalent(email, await FindAsync(userId, email.Id), strict: true);
        Assert.Null(await FindAsync(userId + 1, email.Id));
    }

    [Fact]
    public async Task Emails_of_a_user_are_listed_newest_first_page_by_page()
    {
        var (userId, other) = (await _store.AddAsync(Sample.User(), Ct), await _store.AddAsync(Sample.User(), Ct));
        var ids = new List<long>();
        for (var i = 0; i < 5; i++) ids.Add((await SaveAsync(New(userId))).Id);
        await SaveAsync(New(other));
        ids.Reverse();
        Assert.Equal(ids[..3], await ListAsync(null, 3));
        Assert.Equal(ids[3..], await ListAsync(ids[2], 3));

        async Task<IEnumerable<long>> ListAsync(long? before, int limit) => (await _store.InScopeAsync(scope =>
            scope.GetRequiredService<IEmailRepository>().ListAsync(userId, before, limit, Ct))).Select(email => email.Id);
    }

    [Fact]
    public async Task Only_one_of_several_workers_leases_an_email()
    {
        var email = await SaveAsync(New(await _store.AddAsync(Sample.User(), Ct)));
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => _store.InScopeAsync(async scope =>
        {
            var emails = scope.GetRequiredService<IEmailRepository>();
            var (mine, _) = (await emails.FindToDeliverAsync(email.Id, Ct))!.Value;
            return mine.TryLease(Sample.Now, Sample.Now.AddMinutes(2)) && await emails.TryUpdateAsync(Ct);
        }))));
        Assert.Single(outcomes, saved => saved);
        Assert.DoesNotContain(email.Id, await DueAsync(Sample.Now.AddMinutes(1)));
        Assert.Contains(email.Id, await DueAsync(Sample.Now.AddMinutes(3))); // the worker with the lease has died
    }

    [Fact]
    public async Task Leased_email_counts_as_waiting_and_a_delivered_one_does_not()
    {
        var before = await CountAsync();
        var userId = await _store.AddAsync(Sample.User(), Ct);
        var email = await SaveAsync(New(userId));
        await SaveAsync(New(userId));
        Assert.Equal(before + 2, await CountAsync());
        await ChangeAsync(mine => mine.TryLease(Sample.Now, Sample.Now.AddMinutes(2)));
        Assert.Equal(before + 2, await CountAsync());
        await ChangeAsync(mine => mine.Deliver(Sample.Now));
        Assert.Equal(before + 1, await CountAsync());

        Task<long> CountAsync() => _store.InScopeAsync(scope => scope.GetRequiredService<IEmailRepository>().CountWaitingAsync(Ct));

        Task<bool> ChangeAsync(Action<Email> change) => _store.InScopeAsync(async scope =>
        {
            var emails = scope.GetRequiredService<IEmailRepository>();
            var (mine, _) = (await emails.FindToDeliverAsync(email.Id, Ct))!.Value;
            change(mine);
            return await emails.TryUpdateAsync(Ct);
        });
    }

    [Fact]
    public async Task Email_that_waits_longest_comes_first()
    {
        var userId = await _store.AddAsync(Sample.User(), Ct);
        var later = await SaveAsync(Email.Create(userId, "S", "T", Sample.Now.AddDays(-1), "eve"));
        var first = await SaveAsync(Email.Create(userId, "S", "T", Sample.Now.AddDays(-2), "eve"));
        Assert.Equal([first.Id, later.Id], await DueAsync(Sample.Now.AddHours(-12)));
    }

    [Fact]
    public async Task Deleting_a_user_fails_its_queued_emails_and_leaves_the_sent_ones()
    {
        var userId = await _store.AddAsync(Sample.User(), Ct);
        var waiting = await SaveAsync(New(userId));
        var sent = New(userId);
        sent.TryLease(Sample.Now, Sample.Now);
        sent.Deliver(Sample.Now);
        await SaveAsync(sent);

        await _store.InScopeAsync(async scope =>
        {
            var users = scope.GetRequiredService<IUserRepository>();
            (await users.FindToChangeAsync(userId, Ct))!.Delete(Sample.Now, "eve");
            return await users.UpdateAndFailQueuedEmailsAsync(userId, Email.UserDeleted, Ct);
        });
        var cancelled = (await FindAsync(userId, waiting.Id))!;
        Assert.Equal((EmailStatus.Failed, Email.UserDeleted, 2L, null), (cancelled.Status, cancelled.LastError, cancelled.Version, cancelled.DueAt));
        Assert.Equal(EmailStatus.Sent, (await FindAsync(userId, sent.Id))!.Status);

        await _store.ChangeAsync(userId, user => user.Restore(Sample.Now, "eve"), Ct);
        Assert.DoesNotContain(waiting.Id, await DueAsync(Sample.Now.AddYears(1)));
    }

    [Fact]
    public async Task Purging_a_user_erases_its_emails_and_rejects_new_ones()
    {
        var userId = await _store.AddAsync(Sample.User(), Ct);
        var email = await SaveAsync(New(userId));
        await _store.ChangeAsync(userId, user => user.Delete(Sample.Now, "eve"), Ct);
        Assert.True(await _store.PurgeAsync(userId, Ct));
        Assert.Null(await FindAsync(userId, email.Id));
        Assert.False(await TryAddAsync(New(userId)));
    }

    private static Email New(long userId) => Email.Create(userId, "Subject", "Text", Sample.Now, "eve");

    private async Task<Email> SaveAsync(Email email)
    {
        Assert.True(await TryAddAsync(email));
        return email;
    }

    private Task<bool> TryAddAsync(Email email) => _store.InScopeAsync(scope =>
    {
        var emails = scope.GetRequiredService<IEmailRepository>();
        return emails.TryAddAsync(email, Ct);
    });

    private Task<Email?> FindAsync(long userId, long id) =>
        _store.InScopeAsync(scope => scope.GetRequiredService<IEmailRepository>().GetAsync(userId, id, Ct));

    private Task<IReadOnlyList<long>> DueAsync(DateTimeOffset now) =>
        _store.InScopeAsync(scope => scope.GetRequiredService<IEmailRepository>().GetDueAsync(now, 100, Ct));
}

public sealed class QueuedEmailsOnSqlite(SqliteStore store) : QueuedEmails(store), IClassFixture<SqliteStore>;

public sealed class QueuedEmailsOnSqlServer(SqlServerStore store) : QueuedEmails(store), IClassFixture<SqlServerStore>;

public sealed class QueuedEmailsOnPostgreSql(PostgreSqlStore store) : QueuedEmails(store), IClassFixture<PostgreSqlStore>;
