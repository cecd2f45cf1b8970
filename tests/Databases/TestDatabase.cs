using CleanUsers.Infrastructure.Persistence;
using Xunit;

namespace CleanUsers.Databases;

/// <summary>An empty database of its own for a test class. Which ones there are depends on the machine: see CONTRIBUTING.md.</summary>
public abstract class TestDatabase : IAsyncDisposable
{
    private const string Demanded = "CLEANUSERS_TEST_DATABASES";

    public abstract DatabaseProvider Provider { get; }

    /// <summary>Set by <see cref="CreateAsync"/>, where there is a server.</summary>
    public string ConnectionString { get; protected set; } = "";

    /// <summary>Why there is none here; null where there is.</summary>
    public string? Absence { get; protected set; }

    /// <summary>Makes the database, where there is a server.</summary>
    public abstract Task CreateAsync();

    /// <summary>Skips the test where there is no such database here; fails where it is demanded.</summary>
    public void SkipWhereAbsent()
    {
        if (Absence is null) return;
        var demanded = (Environment.GetEnvironmentVariable(Demanded) ?? "").Split(',', StringSplitOptions.TrimEntries);
        if (demanded.Contains($"{Provider}", StringComparer.OrdinalIgnoreCase)) Assert.Fail($"{Demanded} demands {Provider}: {Absence}");
        Assert.Skip($"{Provider}: {Absence}");
    }

    public abstract ValueTask DisposeAsync();

    /// <summary>A name that no other database has.</summary>
    protected static string NewName() => $"cleanusers_{Guid.NewGuid():N}";
}
