using CleanUsers.Application.Ports;
using CleanUsers.Domain.Users;
using CleanUsers.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace CleanUsers.Infrastructure.Tests.SqlServer;

/// <summary>What the service sets, and recommends to set, in a database of SQL Server, checked without a server.</summary>
public sealed class SqlServerDatabaseSettings : SqlServerStatements
{
    private const string ReadCommitted = "ALTER DATABASE CURRENT SET READ_COMMITTED_SNAPSHOT ON WITH ROLLBACK IMMEDIATE";
    private const string Isolation = "ALTER DATABASE CURRENT SET ALLOW_SNAPSHOT_ISOLATION ON";

    [Theory]
    [InlineData(0, Isolation, ReadCommitted)]
    [InlineData(1, Isolation)]
    [InlineData(2, ReadCommitted)]
    [InlineData(3)]
    public async Task Migrate_enables_what_is_off(int settings, params string[] statements)
    {
        Server.Count = settings;
        await MigrateAsync();
        Assert.Equal(statements, Server.Commands.Where(command => command.StartsWith("ALTER DATABASE", StringComparison.Ordinal)));
        foreach (var command in Server.Commands.TakeLast(statements.Length + 2)) Parse(command);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task Migrate_without_the_right_to_alter_the_database_succeeds_and_advises(int settings)
    {
        Server.Count = settings;
        Server.Executing = (command, _) => command.StartsWith("ALTER DATABASE", StringComparison.Ordinal)
            ? throw SqlErrors.Exception((5011, 14), (5069, 16))
            : Task.CompletedTask;
        await MigrateAsync();
        await InScopeAsync(async scope =>
        {
            var advice = await scope.GetRequiredService<IDatabase>().FindAdviceAsync(Ct);
            Assert.Equal(settings == 0, advice?.Contains($"{Isolation}; {ReadCommitted};", StringComparison.Ordinal) == true);
            Assert.Equal(settings == 3, advice is null);
            Assert.Equal(
                settings == 0 ? 2 : 0,
                Log.Lines.Count(
                    line => line.Level == LogLevel.Warning && line.Message.StartsWith("The database rejected", StringComparison.Ordinal)));
        });
    }

    [Fact]
    public async Task Migrate_has_no_timeout_and_disables_lock_escalation()
    {
        await MigrateAsync();
        Assert.All(Server.Timeouts, timeout => Assert.Equal(0, timeout));
        foreach (var table in (string[])["Users", "UserWords", "UserChanges"])
        {
            var statement = $"ALTER TABLE [{table}] SET (LOCK_ESCALATION = DISABLE)";
            Assert.Contains(Server.Commands, command => command.Contains(statement, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Migrate_goes_on_when_another_process_has_created_the_database()
    {
        var failures = 1;
        Server.Executing = (_, _) => failures-- > 0 ? throw SqlErrors.Exception((1801, 16)) : Task.CompletedTask;
        await MigrateAsync();
        Assert.NotEmpty(Server.Commands);
    }

    [Fact]
    public async Task Indexes_with_a_filter_hold_the_column_of_the_filter() => await InScopeAsync(scope =>
    {
        var script = scope.GetRequiredService<UsersDbContext>().GetService<IMigrator>().GenerateScript();
        var indexes = new Indexes();
        Parse(script).Accept(indexes);
        Assert.True(indexes.Filtered.Count > 10);
        Assert.All(indexes.Filtered, index => Assert.Contains(
            index.Columns.Select(column => column.Column).Concat(index.IncludeColumns),
            column => column.MultiPartIdentifier[0].Value == "DeletedAt"));
        return Task.CompletedTask;
    });

    [Fact]
    public async Task Filters_by_status_and_role_have_a_plan_for_each_value() => await InScopeAsync(async scope =>
    {
        await scope.GetRequiredService<IUserReader>().ListAsync(
            new(false, new(null, UserStatus.Inactive, UserRole.Admin), new(UserSortKey.Id, false), 1, null), Ct);
        Assert.Contains($"[Status] = {(int)UserStatus.Inactive}", Server.Commands.Single(), StringComparison.Ordinal);
        Assert.Contains($"[Role] = {(int)UserRole.Admin}", Server.Commands.Single(), StringComparison.Ordinal);
    });

    [Fact]
    public async Task Expired_records_are_deleted_in_batches()
    {
        foreach (var rows in (int[])[1000, 1000, 3]) Server.Affected.Enqueue(rows);
        await InScopeAsync(async scope => Assert.Equal(2003, await scope.GetRequiredService<IIdempotencyStore>().DeleteExpiredAsync(Ct)));
        Assert.Equal(3, Server.Commands.Count);
        Assert.All(Server.Commands, command =>
        {
            Parse(command);
            Assert.Contains("TOP(", command, StringComparison.Ordinal);
        });
    }

    private Task MigrateAsync() => InScopeAsync(scope => scope.GetRequiredService<IDatabase>().MigrateAsync(Ct));

    private sealed class Indexes : TSqlFragmentVisitor
    {
        public List<CreateIndexStatement> Filtered { get; } = [];

        public override void ExplicitVisit(CreateIndexStatement node)
        {
            if (node is { FilterPredicate: not null, OnName.BaseIdentifier.Value: "Users" }) Filtered.Add(node);
        }
    }
}
