using CleanUsers.Application.Ports;
using CleanUsers.Domain.ApiKeys;
using CleanUsers.Domain.Emails;
using CleanUsers.Domain.Users;
using CleanUsers.Domain.Webhooks;
using CleanUsers.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace CleanUsers.Infrastructure.Tests.SqlServer;

/// <summary>
/// The statements for SQL Server, checked by Microsoft's own parser: a statement that is not valid T-SQL is found even where there is no server
/// to run the suite on.
/// </summary>
public sealed class TransactSql : SqlServerStatements
{
    [Theory]
    [InlineData(MigrationsSqlGenerationOptions.Default)]
    [InlineData(MigrationsSqlGenerationOptions.Idempotent)]
    public async Task Migrations_are_valid_T_SQL(MigrationsSqlGenerationOptions options) => await InScopeAsync(scope =>
    {
        var script = scope.GetRequiredService<UsersDbContext>().GetService<IMigrator>().GenerateScript(options: options);
        Assert.Contains("CREATE UNIQUE INDEX [IX_Users_EmailKey]", script, StringComparison.Ordinal);
        Columns columns = new();
        Parse(script).Accept(columns);
        Assert.NotEqual(0, columns.Texts);
        Assert.Empty(columns.WithWrongCollation);
        return Task.CompletedTask;
    });

    [Fact]
    public async Task Model_has_no_changes_without_a_migration() => await InScopeAsync(scope =>
    {
        Assert.False(
            scope.GetRequiredService<UsersDbContext>().Database.HasPendingModelChanges(), "The model changed: add a migration (CONTRIBUTING.md).");
        return Task.CompletedTask;
    });

    [Fact]
    public async Task Read_of_a_user_or_a_page_is_one_statement()
    {
        await IsAsync(1, scope => scope.GetRequiredService<IUserReader>().GetAsync(1, Ct));
        await IsAsync(1, scope => scope.GetRequiredService<IUserReader>().GetDeletedAsync(1, Ct));
        await IsAsync(1, scope => scope.GetRequiredService<IUserReader>().CountAsync(new(false, new(), new(UserSortKey.Id, false), 1, null), Ct));
        foreach (var deleted in (bool[])[false, true])
        {
            foreach (var key in Enum.GetValues<UserSortKey>())
            {
                foreach (var descending in (bool[])[false, true])
                {
                    foreach (var after in (UserPosition?[])[null, new(7, "m", Sample.Now)])
                    {
                        var filter = new UserFilter("a@b", UserStatus.Active, UserRole.Admin, Sample.Now, Sample.Now);
                        var query = new UserQuery(deleted, filter, new(key, descending), 51, after);
                        await IsAsync(1, scope => scope.GetRequiredService<IUserReader>().ListAsync(query, Ct));
                        Assert.Contains("TOP(@", Server.Commands[^1], StringComparison.Ordinal); // no more rows than requested
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(1000, 6)]
    [InlineData(10_000, 6)]
    public async Task Search_is_one_statement_a_word_and_one_for_the_page_or_three_more_for_common_words(int occurrences, int statements)
    {
        Server.Count = occurrences;
        var query = new UserQuery(false, new(Words: ["ada", "love"]), new(UserSortKey.Name, false), 51, new(7, "m"));
        await IsAsync(statements, scope => scope.GetRequiredService<IUserReader>().ListAsync(query, Ct));
    }

    [Fact]
    public async Task Write_with_search_words_is_one_round_trip()
    {
        await InScopeAsync(async scope =>
        {
            var users = scope.GetRequiredService<IUserRepository>();
            var first = Sample.User();
            await CountAsync(2, async () => Assert.Equal(AddOutcome.Added, await users.AddAsync(first, Ct))); // the first one takes a block of ids
            var user = Sample.User(name: "Ada Lovelace");
            await CountAsync(1, async () => Assert.Equal(AddOutcome.Added, await users.AddAsync(user, Ct)));
            AssertRecorded();
            user.Replace(user.Details with { Age = 7 }, Sample.Now, "eve");
            await SaveAsync(1);
            user.Replace(user.Details with { Name = null }, Sample.Now, "eve");
            await SaveAsync(1);
            user.Delete(Sample.Now, "eve");
            await CountAsync(
                2, async () => Assert.Equal(UpdateOutcome.Saved, await users.UpdateAndFailQueuedEmailsAsync(user.Id, Email.UserDeleted, Ct)));
            user.Restore(Sample.Now, "eve", Sample.Email("other@example.org"));
            await SaveAsync(1);
            user.Delete(Sample.Now, "eve");
            await SaveAsync(1);
            user.Purge(Sample.Now, "eve");
            await CountAsync(4, async () => Assert.Equal(UpdateOutcome.Saved, await users.PurgeAsync(user, Ct)));

            async Task SaveAsync(int commands)
            {
                await CountAsync(commands, async () => Assert.Equal(UpdateOutcome.Saved, await users.UpdateAsync(Ct)));
                AssertRecorded();
            }

            void AssertRecorded() => Assert.Contains(
                Server.Commands,
                command => command.Contains("INSERT INTO [UserChanges]", StringComparison.Ordinal)
                    && command.Contains("INSERT INTO [FeedQueue]", StringComparison.Ordinal));
        });
        await IsAsync(1, scope => scope.GetRequiredService<IUserRepository>().FindToChangeAsync(1, Ct));
        await IsAsync(1, scope => scope.GetRequiredService<IUserRepository>().FindDeletedToChangeAsync(1, Ct));
    }

    [Fact]
    public async Task Statements_of_the_feed_are_valid_T_SQL()
    {
        await IsAsync(1, scope => scope.GetRequiredService<IChangeFeed>().PlaceAsync(Ct)); // no change is queued
        Server.Count = 1;
        await IsAsync(2, scope => scope.GetRequiredService<IChangeFeed>().PlaceAsync(Ct));
        Server.Count = 0;
        await IsAsync(1, scope => scope.GetRequiredService<IChangeFeed>().ListAsync(7, 51, Ct));
        await IsAsync(1, scope => scope.GetRequiredService<IChangeFeed>().GetNewestAsync(Ct));
    }

    [Fact]
    public async Task Email_queue_statements_are_valid_T_SQL()
    {
        await IsAsync(1, scope => scope.GetRequiredService<IEmailRepository>().GetAsync(1, 2, Ct));
        await IsAsync(1, scope => scope.GetRequiredService<IEmailRepository>().ListAsync(1, 2, 50, Ct));
        await IsAsync(1, scope => scope.GetRequiredService<IEmailRepository>().GetDueAsync(Sample.Now, 20, Ct));
        await IsAsync(1, scope => scope.GetRequiredService<IEmailRepository>().CountWaitingAsync(Ct));
        await IsAsync(1, scope => scope.GetRequiredService<IEmailRepository>().FindToDeliverAsync(1, Ct)); // and the user, if there were the email
        await IsAsync(2, async scope =>
        {
            var emails = scope.GetRequiredService<IEmailRepository>();
            Assert.True(await emails.TryAddAsync(Email.Create(1, "Subject", "Text", Sample.Now, "eve"), Ct));
        });
    }

    [Fact]
    public async Task Webhook_statements_are_valid_T_SQL()
    {
        await IsAsync(1, scope => scope.GetRequiredService<IWebhookRepository>().GetAsync(1, Ct));
        await IsAsync(1, scope => scope.GetRequiredService<IWebhookRepository>().ListAsync(2, 50, Ct));
        await IsAsync(1, scope => scope.GetRequiredService<IWebhookRepository>().ListFailuresAsync(1, 2, 50, Ct));
        await IsAsync(1, scope => scope.GetRequiredService<IWebhookRepository>().ListProgressAsync(100, Ct));
        await IsAsync(1, scope => scope.GetRequiredService<IWebhookRepository>().FindToChangeAsync(1, Ct));
        await InScopeAsync(async scope =>
        {
            var webhooks = scope.GetRequiredService<IWebhookRepository>();
            var webhook = Webhook.Create(
                new("https://example.org/", [UserChangeKind.Created], Description: null, WebhookStatus.Active), "whsec_b2xk", 0, Sample.Now, "eve");
            await CountAsync(2, () => webhooks.AddAsync(webhook, Ct)); // takes a block of ids
            webhook.TryLease(Sample.Now, Sample.Now.AddMinutes(3));
            await CountAsync(1, async () => Assert.True(await webhooks.TryUpdateAsync(failure: null, Ct)));
            webhook.Fail("busy", retryAfter: null, Sample.Now, "service");
            var failure = WebhookFailure.Of(webhook, "7-1", 500, Sample.Now);
            await CountAsync(3, async () => Assert.True(await webhooks.TryUpdateAsync(failure, Ct)));
            await CountAsync(1, async () => Assert.True(await webhooks.TryDeleteAsync(webhook, Ct)));
        });
    }

    [Fact]
    public async Task Api_key_statements_are_valid_T_SQL()
    {
        await IsAsync(1, scope => scope.GetRequiredService<IApiKeyRepository>().GetAsync(1, Ct));
        await IsAsync(1, scope => scope.GetRequiredService<IApiKeyRepository>().GetByDigestAsync("D", Ct));
        await IsAsync(1, scope => scope.GetRequiredService<IApiKeyRepository>().ListAsync(2, 50, Ct));
        await IsAsync(1, scope => scope.GetRequiredService<IApiKeyRepository>().FindToChangeAsync(1, Ct));
        await InScopeAsync(async scope =>
        {
            var keys = scope.GetRequiredService<IApiKeyRepository>();
            var key = ApiKey.Create("Billing", ["users.read"], expiresAt: null, new("D", "cuk_000000"), Sample.Now, "eve", isAnonymous: false);
            await CountAsync(2, () => keys.AddAsync(key, Ct)); // takes a block of ids
            key.Use(Sample.Now);
            await CountAsync(1, async () => Assert.True(await keys.TryUpdateAsync(Ct)));
            await CountAsync(1, async () => Assert.True(await keys.TryDeleteAsync(key, Ct)));
        });
    }

    [Fact]
    public async Task Scim_statements_are_valid_T_SQL()
    {
        await IsAsync(1, scope => scope.GetRequiredService<IScimUsers>().GetAsync(1, Ct));
        await IsAsync(1, scope => scope.GetRequiredService<IScimUsers>().ListAsync(null, 7, 3, 100, Ct));
        foreach (var comparison in Enum.GetValues<ScimComparison>())
        {
            ScimFilter[] filters =
            [
                .. Enum.GetValues<ScimMember>().Where(member => member != ScimMember.DisplayName)
                    .Select(member => new ScimFilter.Text(member, comparison, "a")),
                new ScimFilter.Email(comparison, "a", null), new ScimFilter.Email(comparison, "a", "work"), new ScimFilter.HasEmail("home"),
                .. Enum.GetValues<ScimMember>().Select(member => new ScimFilter.IsPresent(member)),
                new ScimFilter.Not(new ScimFilter.Both(
                    new ScimFilter.HasId(7), new ScimFilter.Either(new ScimFilter.IsActive(), new ScimFilter.Always(true)))),
                new ScimFilter.Instant(ScimInstant.Created, ScimComparison.Less, Sample.Now),
            ];
            foreach (var filter in filters)
            {
                await IsAsync(1, scope => scope.GetRequiredService<IScimUsers>().ListAsync(filter, 7, 0, 100, Ct));
                await IsAsync(1, scope => scope.GetRequiredService<IScimUsers>().CountAsync(filter, Ct));
            }
        }
    }

    [Fact]
    public async Task Statements_that_compare_the_schema_are_valid_T_SQL() => await InScopeAsync(async scope =>
    {
        Assert.Equal(DatabaseState.SchemaBehind, await scope.GetRequiredService<IDatabase>().CheckAsync(Ct));
        Assert.Contains(Server.Commands, command => command.Contains("[sys].[tables]", StringComparison.Ordinal));
        foreach (var command in Server.Commands) Parse(command);
    });

    [Fact]
    public async Task Stored_response_statements_are_valid_T_SQL()
    {
        await IsAsync(
            4, async scope => Assert.Equal(IdempotencyOutcomeKind.Executed, (await scope.GetRequiredService<IIdempotencyStore>().ExecuteOnceAsync(
            new("S", "F"), _ => Task.FromResult<ResponseToStore?>(new(1, "{}")), TimeSpan.FromHours(1), Ct)).Kind));
        await IsAsync(1, scope => scope.GetRequiredService<IIdempotencyStore>().DeleteExpiredAsync(Ct));
    }

    private Task IsAsync(int commands, Func<IServiceProvider, Task> action) => CountAsync(commands, () => InScopeAsync(action));

    private async Task CountAsync(int commands, Func<Task> action)
    {
        Server.Commands.Clear();
        await action();
        Assert.Equal(commands, Server.Commands.Count);
        foreach (var command in Server.Commands) Parse(command);
    }

    /// <summary>
    /// The parser accepts a collation on a column that is not text. And a text column without our collation would compare as the server is
    /// configured.
    /// </summary>
    private sealed class Columns : TSqlFragmentVisitor
    {
        public int Texts { get; private set; }

        public List<string> WithWrongCollation { get; } = [];

        public override void ExplicitVisit(ColumnDefinition node)
        {
            var name = node.ColumnIdentifier.Value;
            var isText = node.DataType is SqlDataTypeReference { SqlDataTypeOption: SqlDataTypeOption.NVarChar };
            if (isText) Texts++;
            // the history of migrations is EF Core's own table
            if (name is "MigrationId" or "ProductVersion") return;
            if (isText != (node.Collation?.Value == "Latin1_General_100_BIN2")) WithWrongCollation.Add(name);
        }
    }
}
