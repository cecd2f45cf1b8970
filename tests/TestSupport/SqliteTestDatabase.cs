using System.Data.Common;
using CleanUsers.Infrastructure.Persistence;
using Microsoft.Data.Sqlite;

namespace CleanUsers.TestSupport;

/// <summary>A file in a folder of its own.</summary>
public sealed class SqliteTestDatabase : TestDatabase
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cleanusers-").FullName;

    public SqliteTestDatabase() => ConnectionString = $"Data Source={Path.Combine(_folder, "test.db")}";

    public override DatabaseProvider Provider => DatabaseProvider.Sqlite;

    public override Task CreateAsync() => Task.CompletedTask;

    public override ValueTask DisposeAsync()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    public override DbConnection Connect() => new SqliteConnection($"{ConnectionString};Pooling=False");
}
