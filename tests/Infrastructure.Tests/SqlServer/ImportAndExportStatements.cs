using System.Data;
using System.Text;
using CleanUsers.Application.Ports;
using CleanUsers.Domain.Users;
using CleanUsers.Infrastructure.Persistence;
using CleanUsers.Infrastructure.Persistence.SqlServer;
using Microsoft.Extensions.DependencyInjection;

namespace CleanUsers.Infrastructure.Tests.SqlServer;

/// <summary>The SQL Server statements of an import and an export, checked without a server.</summary>
public sealed class ImportAndExportStatements : SqlServerStatements
{
    [Fact]
    public void Bulk_write_statements_are_valid_T_SQL()
    {
        using var scope = Services.CreateScope();
        var writer = (SqlServerBulkWriter)scope.ServiceProvider.GetRequiredService<IUserBulkWriter>();
        string[] statements = [SqlServerBulkWriter.Queue, SqlServerBulkWriter.TakeIds, writer.CreateIncoming, writer.InsertIncoming];
        foreach (var statement in statements) Parse(statement);
        Assert.Contains("\"EmailKey\"", writer.InsertIncoming, StringComparison.Ordinal);
        Assert.Contains("INSERT INTO \"UserChanges\"", writer.InsertIncoming, StringComparison.Ordinal);
        Assert.DoesNotContain("HOLDLOCK", writer.InsertIncoming, StringComparison.Ordinal); // over a scan, imports would deadlock
        Assert.Contains("sp_getapplock", SqlServerBulkWriter.Queue, StringComparison.Ordinal);
    }

    [Fact]
    public void Bulk_values_have_the_types_of_the_columns()
    {
        using var scope = Services.CreateScope();
        var columns = new UserTable(scope.ServiceProvider.GetRequiredService<UsersDbContext>().Model);
        var user = Sample.User("Ünï@example.org", "Ünï");
        var values = columns.Names.Select((name, i) => (name, Value: columns.Value(i, user))).ToDictionary(
            column => column.name, column => column.Value);
        Assert.Equal(Encoding.UTF8.GetBytes("ünï@example.org"), values["EmailKey"]);
        Assert.Equal(Encoding.UTF8.GetBytes("Ünï"), values["SortName"]);
        Assert.Equal(
            ("Ünï@example.org", 36, 1, Sample.Now, null), (values["Email"], values["Age"], values["Role"], values["CreatedAt"], values["DeletedAt"]));
        Assert.All(
            columns.Names.Zip(columns.Types),
            column => Assert.True(values[column.First] is not { } value || value.GetType() == column.Second, column.First));
        Assert.DoesNotContain("Id", columns.Names);
    }

    [Theory]
    [InlineData(0, IsolationLevel.Serializable)]
    [InlineData(1, IsolationLevel.ReadCommitted)]
    [InlineData(2, IsolationLevel.Snapshot)]
    [InlineData(3, IsolationLevel.Snapshot)]
    public async Task Snapshot_is_one_check_and_one_statement_at_the_level_that_the_database_allows(int settings, IsolationLevel level)
    {
        Server.Count = settings;
        await using var scope = Services.CreateAsyncScope();
        var filter = new UserFilter("a@b", UserStatus.Active, UserRole.Admin, Sample.Now, Sample.Now);
        Assert.Empty(await scope.ServiceProvider.GetRequiredService<IUserReader>().GetSnapshotAsync(filter, Ct).ToListAsync(Ct));
        Assert.Equal(2, Server.Commands.Count);
        foreach (var command in Server.Commands) Parse(command);
        Assert.Equal([level], Server.IsolationLevels);
        Assert.Contains("[name] = DB_NAME()", Server.Commands[0], StringComparison.Ordinal);
        // an isolation level survives on a connection in its pool, so an export has its own
        Assert.All(Server.ConnectionStrings, connection => Assert.Contains("CleanUsers export", connection, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Snapshot_is_opened_again_when_the_connection_of_the_pool_is_broken()
    {
        var failures = 1;
        Server.Opening = () =>
        {
            if (failures-- > 0) throw SqlErrors.Exception((10054, 20));
        };
        Server.Count = 3;
        await using var scope = Services.CreateAsyncScope();
        Assert.Empty(await scope.ServiceProvider.GetRequiredService<IUserReader>().GetSnapshotAsync(new(), Ct).ToListAsync(Ct));
        Assert.True(failures < 0 && Server.ConnectionStrings.Count > 1);
    }

    [Fact]
    public async Task Read_of_many_emails_is_one_statement()
    {
        await using var scope = Services.CreateAsyncScope();
        string[] keys = [.. Enumerable.Range(0, 400).Select(i => $"u{i}@example.org")];
        await scope.ServiceProvider.GetRequiredService<IUserReader>().GetByEmailAsync(keys, Ct);
        await scope.ServiceProvider.GetRequiredService<IUserRepository>().FindToChangeByEmailAsync(keys, Ct);
        Assert.Equal(2, Server.Commands.Count);
        foreach (var command in Server.Commands) Parse(command);
    }
}
