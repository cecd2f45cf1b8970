using CleanUsers.Application.Ports;
using CleanUsers.Domain.Scim;
using CleanUsers.Domain.Users;
using CleanUsers.Infrastructure.Persistence;
using CleanUsers.TestSupport;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CleanUsers.Infrastructure.Tests;

public abstract class StoringScimUsers(StoringScimUsers.Explained store)
{
    private readonly Explained _store = (Explained)store.Present();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Saved_row_is_read_back_exactly_with_its_user()
    {
        var details = new ScimDetails("Grüße 👩‍🚀", "e'\"", "Ada", "\u0130", """{"title":"\u0000 👩‍🚀"}""");
        var id = await AddAsync(details, new ScimEmails("Work", [("Other@Example.org", "Home")]));
        var record = (await GetAsync(id))!;
        Assert.Equal((id, details, "work", "ada", "i\u0307"), (
            record.User.Id, record.Scim!.Details, record.Scim.EmailType, record.Scim.GivenNameKey, record.Scim.FamilyNameKey));
        Assert.Equal([id], await FindAsync(new ScimFilter.Email(ScimComparison.Equal, "other@example.org", "home")));

        var other = details with { UserName = null, ExternalId = null, Attributes = "{}" };
        Assert.Equal(ScimOutcome.Written, await WriteAsync(id, new(id, other, new ScimEmails(null, []))));
        Assert.Equal(other, (await GetAsync(id))!.Scim!.Details);
        Assert.Empty(await FindAsync(new ScimFilter.Email(ScimComparison.Equal, "other@example.org", null)));
        Assert.Empty(await FindAsync(Named("grüße 👩‍🚀")));
    }

    [Fact]
    public async Task User_that_SCIM_has_not_changed_has_no_row()
    {
        var id = await _store.AddAsync(Sample.User(), Ct);
        Assert.Null((await GetAsync(id))!.Scim);
        Assert.Null(await GetAsync(id + 1_000_000));
    }

    [Fact]
    public async Task Name_is_unique_among_users_that_are_not_deleted()
    {
        var details = Details("Unique");
        var first = await AddAsync(details);
        Assert.Null(await TryAddAsync(details with { UserName = "UNIQUE" }));
        await _store.ChangeAsync(first, user => user.Delete(Sample.Now, "eve"), Ct);
        var second = await AddAsync(details with { UserName = "UNIQUE" });
        Assert.Equal(UpdateOutcome.UserNameTaken, await _store.ChangeAsync(first, user => user.Restore(Sample.Now, "eve"), Ct));
        Assert.Equal([second], await FindAsync(Named("unique")));
        await _store.ChangeAsync(second, user => user.Delete(Sample.Now, "eve"), Ct);
        Assert.Equal(UpdateOutcome.Saved, await _store.ChangeAsync(first, user => user.Restore(Sample.Now, "eve"), Ct));
        Assert.Equal([first], await FindAsync(Named("unique")));
    }

    [Fact]
    public async Task Rejected_name_leaves_nothing_of_the_user()
    {
        await AddAsync(Details("whole"));
        var user = Sample.User();
        Assert.Equal(ScimOutcome.UserNameTaken, await AddUserAsync(user, Details("WHOLE")));
        Assert.Empty(await FindAsync(new ScimFilter.Email(ScimComparison.Equal, user.EmailKey, null)));
    }

    [Fact]
    public async Task Purge_erases_the_row()
    {
        var id = await AddAsync(Details("purged"), new ScimEmails("work", [("purged@home.example", "home")]));
        await _store.ChangeAsync(id, user => user.Delete(Sample.Now, "eve"), Ct);
        Assert.True(await _store.PurgeAsync(id, Ct));
        Assert.Equal(0, await _store.InScopeAsync(scope =>
        {
            var db = scope.GetRequiredService<UsersDbContext>();
            var rows = db.Set<ScimUser>().Where(user => user.UserId == id).Select(user => user.UserId);
            return rows.Concat(db.Set<ScimEmail>().Where(email => email.UserId == id).Select(email => email.UserId)).CountAsync(Ct);
        }));
        Assert.Empty(await FindAsync(new ScimFilter.Email(ScimComparison.Equal, "purged@home.example", null)));
    }

    [Fact]
    public async Task Page_begins_at_the_place_that_is_known_and_reads_nothing_before_it()
    {
        foreach (var filter in (ScimFilter?[])[null, new ScimFilter.IsActive()])
        {
            var plan = await _store.ExplainAsync(scope => scope.GetRequiredService<IScimUsers>().ListAsync(filter, after: 500, skip: 0, 100, Ct));
            // but of the rows beside the users, which PostgreSQL reads all sooner than a hundred by their ids, as long as they are few
            Assert.DoesNotContain(_store.Scans(plan), line => !line.Contains("\"ScimUsers\"", StringComparison.Ordinal));
            Assert.Contains(plan, line => line.Contains(_store.SeekOfPlace, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Filters_of_identity_providers_are_looks_into_indexes()
    {
        foreach (var (filter, indexes) in ((ScimFilter, string[])[])[
            (Named("scim7"), ["IX_Users_UserNameKey", "IX_Users_EmailKey"]),
            (new ScimFilter.Text(ScimMember.ExternalId, ScimComparison.Equal, "e7"), ["IX_ScimUsers_ExternalId"]),
            (new ScimFilter.Email(ScimComparison.Equal, "scim7@example.org", null), ["IX_Users_EmailKey", "IX_ScimEmails_Key"]),
            (new ScimFilter.Email(ScimComparison.Equal, "scim7@example.org", "work"), ["IX_Users_EmailKey", "IX_ScimEmails_Key"]),
            (
                new ScimFilter.Both(Named("scim7"), new ScimFilter.Text(ScimMember.ExternalId, ScimComparison.Equal, "e7")),
                ["IX_ScimUsers_ExternalId"]),
            (new ScimFilter.HasId(7), [])])
        {
            foreach (var counts in (bool[])[false, true])
            {
                var plan = await _store.ExplainAsync(async scope => counts
                    ? await scope.GetRequiredService<IScimUsers>().CountAsync(filter, Ct)
                    : (await scope.GetRequiredService<IScimUsers>().ListAsync(filter, 0, 0, 100, Ct)).Count);
                Assert.True(!_store.Scans(plan).Any(), $"{filter}\n{string.Join('\n', plan)}");
                foreach (var index in indexes)
                    Assert.True(plan.Any(line => line.Contains(index, StringComparison.Ordinal)), $"{filter}\n{string.Join('\n', plan)}");
            }
        }
    }

    /// <summary>
    /// PostgreSQL took each one at the top for a join, and for its users to be few: twelve of them on 30,000 users took 8 s, now 0.1.
    /// </summary>
    [Fact]
    public async Task Tests_of_each_user_are_not_joins()
    {
        var email = new ScimFilter.Email(ScimComparison.EndsWith, "7q", Type: null);
        var name = new ScimFilter.Text(ScimMember.GivenName, ScimComparison.Contains, "7q");
        foreach (var filter in (ScimFilter[])[email, name, new ScimFilter.HasEmail("home"), new ScimFilter.IsPresent(ScimMember.ExternalId)])
        {
            foreach (var condition in (ScimFilter[])[filter, new ScimFilter.Not(filter)])
            {
                var plan = await _store.ExplainAsync(scope => scope.GetRequiredService<IScimUsers>().CountAsync(condition, Ct));
                foreach (var join in (string[])["Join", "Nested Loop"])
                    Assert.DoesNotContain(plan, line => line.Contains(join, StringComparison.Ordinal));
            }
        }
    }

    private static ScimFilter.Text Named(string key) => new(ScimMember.UserName, ScimComparison.Equal, key);

    private static ScimDetails Details(string userName) => ScimDetails.None with { UserName = userName };

    private Task<ScimRecord?> GetAsync(long id) => _store.InScopeAsync(scope => scope.GetRequiredService<IScimUsers>().GetAsync(id, Ct));

    private async Task<List<long>> FindAsync(ScimFilter filter)
    {
        var found = await _store.InScopeAsync(scope => scope.GetRequiredService<IScimUsers>().ListAsync(filter, 0, 0, 100, Ct));
        Assert.Equal(found.Count, await _store.InScopeAsync(scope => scope.GetRequiredService<IScimUsers>().CountAsync(filter, Ct)));
        return [.. found.Select(record => record.User.Id)];
    }

    private async Task<long> AddAsync(ScimDetails details, ScimEmails? emails = null) =>
        await TryAddAsync(details, emails) ?? throw new InvalidOperationException("The name is taken.");

    private async Task<long?> TryAddAsync(ScimDetails details, ScimEmails? emails = null)
    {
        var user = Sample.User();
        return await AddUserAsync(user, details, emails) == ScimOutcome.Written ? user.Id : null;
    }

    private Task<ScimOutcome> AddUserAsync(User user, ScimDetails details, ScimEmails? emails = null) =>
        _store.AddScimAsync(user, details, emails, Ct);

    private Task<ScimOutcome> WriteAsync(long id, ScimWrite write) => _store.InScopeAsync(scope => scope.GetRequiredService<IScimUsers>().WriteAsync(
        async token =>
        {
            var users = scope.GetRequiredService<IUserRepository>();
            var user = (await users.FindToChangeAsync(id, token))!;
            user.Replace(user.Details, Sample.Now, "eve", touches: true);
            Assert.Equal(UpdateOutcome.Saved, await users.UpdateAsync(token));
            return write;
        },
        Ct));

    /// <summary>Some thousand users, and the plans of queries.</summary>
    public abstract class Explained(TestDatabase database, string explain, int column) : Store(database)
    {
        private readonly PlanRecorder _plans = new(explain, column);

        /// <summary>The lines of a plan that read a whole table.</summary>
        public abstract IEnumerable<string> Scans(IReadOnlyList<string> plan);

        /// <summary>What the plan of a page has that begins after an id.</summary>
        public abstract string SeekOfPlace { get; }

        public override IServiceCollection Services() => base.Services().Intercept(_plans);

        public async Task<List<string>> ExplainAsync<T>(Func<IServiceProvider, Task<T>> query)
        {
            var plan = await _plans.RecordAsync(() => InScopeAsync(query));
            if (plan.Count == 0) Assert.Skip("No plans on this database.");
            return plan;
        }

        public Task<ScimOutcome> AddScimAsync(User user, ScimDetails details, ScimEmails? emails, CancellationToken ct) => InScopeAsync(
            scope => scope.GetRequiredService<IScimUsers>().WriteAsync(
                async token =>
                {
                    Assert.Equal(AddOutcome.Added, await scope.GetRequiredService<IUserRepository>().AddAsync(user, token));
                    return new(user.Id, details, emails ?? new(null, []));
                },
                ct));

        protected override async Task FillAsync()
        {
            await InScopeAsync(scope => scope.GetRequiredService<IUserBulkWriter>().AddAsync(
                [.. Enumerable.Range(0, 3000).Select(i => Sample.User($"bulk{i}@example.org"))], CancellationToken.None));
            await Database.ExecuteAsync(
                "INSERT INTO \"ScimUsers\" (\"UserId\", \"ExternalId\", \"Attributes\") SELECT \"Id\", \"EmailKey\", '{}' FROM \"Users\"");
            await Database.ExecuteAsync(
                "INSERT INTO \"ScimEmails\" (\"UserId\", \"Number\", \"Key\", \"Type\") SELECT \"Id\", 0, \"EmailKey\", 'other' FROM \"Users\"");
            for (var i = 0; i < 100; i++)
            {
                await AddScimAsync(
                    Sample.User($"scim{i}@example.org"), new($"scim{i}", $"e{i}", "G", "F", "{}"), new("work", [($"home{i}@example.org", "home")]),
                    CancellationToken.None);
            }

            await AnalyzeAsync();
        }

        /// <summary>Gives the planner what it knows of a database in use.</summary>
        protected virtual Task AnalyzeAsync() => Task.CompletedTask;
    }

    public sealed class ExplainedSqlite() : Explained(new SqliteTestDatabase(), "EXPLAIN QUERY PLAN", column: 3)
    {
        // but for the page itself, which is joined to what SCIM has
        public override IEnumerable<string> Scans(IReadOnlyList<string> plan) => plan.Where(
            line => line.StartsWith("SCAN ", StringComparison.Ordinal) && !plan.Contains($"CO-ROUTINE {line[5..]}"));

        public override string SeekOfPlace => ">?)";
    }

    public sealed class ExplainedPostgreSql() : Explained(new PostgreSqlTestDatabase(), "EXPLAIN", column: 0)
    {
        public override IEnumerable<string> Scans(IReadOnlyList<string> plan) =>
            plan.Where(line => line.Contains("Seq Scan", StringComparison.Ordinal));

        public override string SeekOfPlace => "\"PK_Users\"";

        protected override Task AnalyzeAsync() => Database.ExecuteAsync("VACUUM ANALYZE");
    }

    public sealed class ExplainedSqlServer() : Explained(new SqlServerTestDatabase(), explain: "", column: 0)
    {
        public override IEnumerable<string> Scans(IReadOnlyList<string> plan) => [];

        public override string SeekOfPlace => "";
    }
}

public sealed class StoringScimUsersOnSqlite(StoringScimUsers.ExplainedSqlite store)
    : StoringScimUsers(store), IClassFixture<StoringScimUsers.ExplainedSqlite>;

public sealed class StoringScimUsersOnSqlServer(StoringScimUsers.ExplainedSqlServer store)
    : StoringScimUsers(store), IClassFixture<StoringScimUsers.ExplainedSqlServer>;

public sealed class StoringScimUsersOnPostgreSql(StoringScimUsers.ExplainedPostgreSql store)
    : StoringScimUsers(store), IClassFixture<StoringScimUsers.ExplainedPostgreSql>;
