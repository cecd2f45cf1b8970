using CleanUsers.Application.Ports;
using CleanUsers.Domain.Emails;
using CleanUsers.Domain.Users;
using CleanUsers.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace CleanUsers.Infrastructure.Tests.SqlServer;

/// <summary>
/// What a SQL Server would be told, held against Microsoft's own parser: where there is no server to run the suite on, a statement
/// that is no T-SQL is found all the same.
/// </summary>
public sealed class TransactSql : StatementsForSqlServer
{
    [Theory]
    [InlineData(MigrationsSqlGenerationOptions.Default)]
    [InlineData(MigrationsSqlGenerationOptions.Idempotent)]
    public async Task The_migrations_are(MigrationsSqlGenerationOptions options) => await InScopeAsync(scope =>
    {
        var script = scope.GetRequiredService<UsersDbContext>().GetService<IMigrator>().GenerateScript(options: options);
        Assert.Contains("CREATE UNIQUE INDEX [IX_Users_EmailKey]", script, StringComparison.Ordinal);
        Columns columns = new();
        Parse(script).Accept(columns);
        Assert.NotEqual(0, columns.Texts);
        return Task.CompletedTask;
    });

    [Fact]
    public async Task The_migrations_say_all_that_the_model_says() => await InScopeAsync(scope =>
    {
        Assert.False(
            scope.GetRequiredService<UsersDbContext>().Database.HasPendingModelChanges(), "The model changed: add a migration (CONTRIBUTING.md).");
        return Task.CompletedTask;
    });

    [Fact]
    public async Task Reading_is_one_statement_a_user_and_one_a_page()
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
                        Assert.Contains("TOP(@", Server.Commands[^1], StringComparison.Ordinal); // no row more than asked for
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(1000)]
    public async Task A_search_is_one_statement_a_word_and_one_for_the_page(int occurrences)
    {
        Server.Count = occurrences;
        var query = new UserQuery(false, new(Words: ["ada", "love"]), new(UserSortKey.Name, false), 51, new(7, "m"));
        await IsAsync(3, scope => scope.GetRequiredService<IUserReader>().ListAsync(query, Ct));
    }

    [Fact]
    public async Task Writing_is_one_round_trip_with_the_words()
    {
        await InScopeAsync(async scope =>
        {
            var users = scope.GetRequiredService<IUserRepository>();
            var first = Sample.User();
            await CountAsync(2, async () => Assert.Equal(AddOutcome.Added, await users.AddAsync(first, Ct))); // the first one takes a block of ids
            var user = Sample.User(name: "Ada Lovelace");
            await CountAsync(1, async () => Assert.Equal(AddOutcome.Added, await users.AddAsync(user, Ct)));
            user.Apply(new UserPatch(Age: 7), Sample.Now, "eve");
            await SaveAsync(1);
            user.Apply(new UserPatch(Name: null), Sample.Now, "eve");
            await SaveAsync(1);
            user.Delete(Sample.Now, "eve");
            await CountAsync(2, async () => Assert.Equal(UpdateOutcome.Saved, await users.UpdateAndFailQueuedEmailsAsync(user.Id, Email.UserDeleted, Ct)));
            user.Restore(Sample.Now, "eve", Sample.Email("other@example.org"));
            await SaveAsync(1);
            await CountAsync(1, async () => Assert.True(await users.TryPurgeAsync(user, Ct)));

            Task SaveAsync(int commands) => CountAsync(commands, async () => Assert.Equal(UpdateOutcome.Saved, await users.UpdateAsync(Ct)));

            async Task CountAsync(int commands, Func<Task> write)
            {
                Server.Commands.Clear();
                await write();
                Assert.Equal(commands, Server.Commands.Count);
                foreach (var command in Server.Commands) Parse(command);
            }
        });
        await IsAsync(1, scope => scope.GetRequiredService<IUserRepository>().FindToChangeAsync(1, Ct));
        await IsAsync(1, scope => scope.GetRequiredService<IUserRepository>().FindDeletedToChangeAsync(1, Ct));
    }

    [Fact]
    public async Task The_queue_of_emails_is()
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
    public async Task Keeping_an_answer_is()
    {
        await IsAsync(4, async scope => Assert.Equal(IdempotencyOutcomeKind.Executed, (await scope.GetRequiredService<IIdempotencyStore>().ExecuteOnceAsync(
            new("S", "F"), _ => Task.FromResult<ResponseToStore?>(new(1, "{}")), TimeSpan.FromHours(1), Ct)).Kind));
        await IsAsync(1, scope => scope.GetRequiredService<IIdempotencyStore>().DeleteExpiredAsync(Ct));
    }

    private async Task IsAsync(int commands, Func<IServiceProvider, Task> action)
    {
        Server.Commands.Clear();
        await InScopeAsync(action);
        Assert.Equal(commands, Server.Commands.Count);
        foreach (var command in Server.Commands) Parse(command);
    }

    /// <summary>What the parser lets pass: a collation on what is no text. And a text without ours would compare as the server likes.</summary>
    private sealed class Columns : TSqlFragmentVisitor
    {
        public int Texts { get; private set; }

        public override void ExplicitVisit(ColumnDefinition node)
        {
            var name = node.ColumnIdentifier.Value;
            var isText = node.DataType is SqlDataTypeReference { SqlDataTypeOption: SqlDataTypeOption.NVarChar };
            if (isText) Texts++;
            // the history of migrations is EF Core's own table
            if (name is not ("MigrationId" or "ProductVersion")) Assert.Equal((name, isText), (name, node.Collation?.Value == "Latin1_General_100_BIN2"));
        }
    }
}
