using System.Data.Common;
using CleanUsers.Infrastructure.Persistence;
using Xunit;

namespace CleanUsers.TestSupport;

/// <summary>An empty database of its own for a test class. Which ones there are depends on the machine: see CONTRIBUTING.md.</summary>
public abstract class TestDatabase : IAsyncDisposable
{
    private const string Demanded = "CLEANUSERS_TEST_DATABASES";

    public abstract DatabaseProvider Provider { get; }

    /// <summary>Set by <see cref="CreateAsync"/>, where there is a server.</summary>
    public string ConnectionString { get; protected set; } = "";

    /// <summary>The environment of a program on this database, which it migrates at its start.</summary>
    public (string Name, string Value)[] Settings =>
    [
        ("Database__Provider", $"{Provider}"), ("ConnectionStrings__CleanUsers", ConnectionString), ("Database__MigrateOnStartup", "true"),
    ];

    /// <summary>Why there is no server here; null where there is one.</summary>
    public string? Absence { get; protected set; }

    /// <summary>Makes the database, where there is a server.</summary>
    public abstract Task CreateAsync();

    /// <summary>Skips the test where there is no such database here; fails where it is demanded.</summary>
    public void SkipWhereAbsent()
    {
        if (Absence is null) return;
        var demanded = (Environment.GetEnvironmentVariable(Demanded) ?? "").Split(',', StringSplitOptions.TrimEntries);
        Assert.False(demanded.Contains($"{Provider}", StringComparer.OrdinalIgnoreCase), $"{Demanded} demands {Provider}: {Absence}");
        Assert.Skip($"{Provider}: {Absence}");
    }

    /// <summary>Executes a statement on a connection without a pool.</summary>
    public async Task ExecuteAsync(string statement)
    {
        await using var connection = Connect();
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // a statement of the tests
        command.CommandText = statement;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }

    public abstract ValueTask DisposeAsync();

    /// <summary>A connection outside the service's pool.</summary>
    public abstract DbConnection Connect();

    /// <summary>A name that no other database has.</summary>
    protected static string NewName() => $"cleanusers_{Guid.NewGuid():N}";
}
