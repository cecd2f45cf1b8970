using System.Text;
using System.Text.Json;
using CleanUsers.TestSupport;
using CleanUsers.WebApi.Observability;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace CleanUsers.WebApi.Tests;

/// <summary>A service for hostile input: no limit of rates, and a log that is checked line by line.</summary>
public abstract class ExposedService(TestDatabase database) : Service(database)
{
    internal CheckedLog Log { get; } = new();

    protected override IEnumerable<(string Key, string Value)> Settings => [("RateLimiting:Enabled", "false")];

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        base.ConfigureWebHost(builder);
        builder.ConfigureServices(services => services.AddSingleton(_ => new LineQueue(Log, TimeProvider.System)));
    }

    /// <summary>
    /// The users and deleted users that requests name, with the same ids on every database: databases that give ids in blocks skip those of
    /// creates that fail, so ids come apart only later.
    /// </summary>
    internal async Task FillAsync()
    {
        for (var i = 1; i <= HostileRequests.Ids; i += 2)
        {
            Assert.Equal(i, await CreateAsync($"user{i}@{HostileRequests.Domain}"));
            Assert.Equal(i + 1, await CreateDeletedAsync($"deleted{i}@{HostileRequests.Domain}"));
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Log.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}

public sealed class ExposedServiceOnSqlite() : ExposedService(new SqliteTestDatabase());

public sealed class ExposedServiceOnSqlServer() : ExposedService(new SqlServerTestDatabase());

public sealed class ExposedServiceOnPostgreSql() : ExposedService(new PostgreSqlTestDatabase());

/// <summary>Checks lines instead of storing them.</summary>
internal sealed class CheckedLog : MemoryStream
{
    public int Count { get; private set; }

    /// <summary>The first line that is not JSON, has level Error or Critical, or has an address that was sent.</summary>
    public string? FirstBadLine { get; private set; }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        foreach (var range in buffer.Split((byte)'\n'))
        {
            var line = buffer[range];
            if (line.IsEmpty) continue;
            Count++;
            try
            {
                using var json = JsonDocument.Parse(line.ToArray());
                var text = json.RootElement.GetRawText();
                var broken = json.RootElement.GetProperty("level").GetString() is "Error" or "Critical";
                if (broken || text.Contains(HostileRequests.Domain, StringComparison.OrdinalIgnoreCase)) FirstBadLine ??= text;
            }
            catch (JsonException exception)
            {
                FirstBadLine ??= $"{exception.Message} {Encoding.UTF8.GetString(line)}";
            }
        }
    }
}
