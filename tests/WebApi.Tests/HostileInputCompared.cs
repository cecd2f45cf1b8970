using System.Diagnostics;

namespace CleanUsers.WebApi.Tests;

/// <summary>
/// The same hostile requests, in the same order, to one service over SQLite and to one over another database: each has the same status code, and
/// the same problem, from both. The requests keep to HTTP's framing and size: beyond those the web server alone decides, when it closes the
/// connection.
/// </summary>
public abstract class HostileInputCompared(ExposedService one, ExposedService other)
{
    private const double Share = 0.3;

    /// <summary>The minimum, even on a slow machine.</summary>
    private const int FewestRequests = 200;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Every_request_has_the_same_outcome_on_both_databases()
    {
        other.Present();
        await Task.WhenAll(one.FillAsync(), other.FillAsync());
        var requests = new HostileRequests(HostileInput.Seed, framed: true);
        using var first = new Sender(one.Client.BaseAddress!);
        using var second = new Sender(other.Client.BaseAddress!);
        var differences = new List<string>();
        var statuses = new SortedDictionary<int, int>();
        var count = 0;
        for (var watch = Stopwatch.StartNew(); count < FewestRequests || watch.Elapsed < TimeSpan.FromSeconds(HostileInput.Seconds * Share);)
        {
            var request = requests.Next();
            if (request.IsTooLarge) continue;
            var outcomes = await Task.WhenAll(first.SendAsync(request), second.SendAsync(request));
            count++;
            statuses[outcomes[0].Status] = statuses.GetValueOrDefault(outcomes[0].Status) + 1;
            if (outcomes[0] != outcomes[1]) differences.Add($"{outcomes[0]}, {outcomes[1]} after {count} requests: {request}");
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"{count} requests to both databases, {differences.Count} outcomes differ");
        TestContext.Current.TestOutputHelper!.WriteLine(string.Join(", ", statuses.Select(status => $"{status.Key}: {status.Value}")));
        Assert.True(differences.Count == 0, $"{differences.Count} of {count} outcomes differ:\n\n{string.Join("\n\n", differences.Take(10))}");
    }

    /// <summary>One connection, opened again where the service closed it.</summary>
    private sealed class Sender(Uri address) : IDisposable
    {
        private RawConnection? _connection;

        /// <returns>The status code, and the code of the problem or the kind of SCIM's error, where it has one.</returns>
        public async Task<(int Status, string? Error)> SendAsync(HostileRequest request)
        {
            _connection ??= new RawConnection(address);
            await _connection.TrySendAsync(request.Bytes);
            var response = await _connection.ReadAsync(request.Method, Timeout) ?? throw new Xunit.Sdk.XunitException($"No response to {request}");
            if (response.Header("Connection") == "close") Dispose();
            var isError = response.Status >= 400 && response.Body.Length > 0;
            return (response.Status, response.Header("Content-Type") switch
            {
                "application/problem+json" when isError => response["code"].GetString(),
                "application/scim+json" when isError => response.IsScimError(response.Status),
                _ => null,
            });
        }

        public void Dispose()
        {
            _connection?.Dispose();
            _connection = null;
        }
    }
}

[Collection(nameof(HostileInput))]
public sealed class HostileInputComparedOnPostgreSql(ExposedServiceOnSqlite one, ExposedServiceOnPostgreSql other)
    : HostileInputCompared(one, other), IClassFixture<ExposedServiceOnSqlite>, IClassFixture<ExposedServiceOnPostgreSql>;

[Collection(nameof(HostileInput))]
public sealed class HostileInputComparedOnSqlServer(ExposedServiceOnSqlite one, ExposedServiceOnSqlServer other)
    : HostileInputCompared(one, other), IClassFixture<ExposedServiceOnSqlite>, IClassFixture<ExposedServiceOnSqlServer>;
