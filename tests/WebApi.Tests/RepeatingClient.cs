using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;

namespace CleanUsers.WebApi.Tests;

/// <summary>
/// A client that creates a user, changes its name, and goes on with the next. It repeats a write whose outcome it does not know, as clients do: a
/// POST with its <c>Idempotency-Key</c>, a PATCH with its <c>If-Match</c>.
/// </summary>
internal sealed class RepeatingClient(HttpClient http, int number)
{
    /// <summary>Of requests without a response, in <see cref="Outcomes"/>.</summary>
    public const string Cut = "no response";

    private bool _isUnknown; // the outcome of the last write

    /// <summary>What was acknowledged, in the order of its creation; the last user may be changed yet.</summary>
    public List<(long Id, string Name, long Version)> Users { get; } = [];

    /// <summary>How many requests ended with which status code, or without one.</summary>
    public Dictionary<string, int> Outcomes { get; } = [];

    public int Acknowledged { get; private set; }

    /// <summary>The time of the last acknowledged write, by <see cref="Stopwatch.GetTimestamp"/>.</summary>
    public long LastAcknowledged { get; private set; }

    public int Repeated { get; private set; }

    /// <summary>The longest time from a request to its response.</summary>
    public TimeSpan Longest { get; private set; }

    private bool IsChange => Users is [.., { Version: 1 }];

    /// <summary>Writes until a request gets no response.</summary>
    public async Task WorkUntilCutAsync(Uri service, CancellationToken ct)
    {
        do await WriteAsync(service, ct);
        while (!_isUnknown);
    }

    /// <summary>Writes and reads what it wrote, whatever happens to the service, until all of its writes are acknowledged.</summary>
    public async Task WorkAsync(Uri service, CancellationToken stop, CancellationToken ct)
    {
        while (!stop.IsCancellationRequested || _isUnknown)
        {
            await WriteAsync(service, ct);
            if (_isUnknown) await Task.Delay(50, ct);
            else await ReadAsync(service, Users[^1], ct);
            await Task.Delay(10, ct); // or the clients would take the CPU time that the servers need to start
        }
    }

    /// <summary>Reads and finds all of its users.</summary>
    public async Task VerifyAsync(Uri service, CancellationToken ct)
    {
        foreach (var user in Users) await ReadAsync(service, user, ct);
    }

    /// <summary>Repeats the last write if its outcome is not known.</summary>
    public Task FinishAsync(Uri service, CancellationToken ct) => _isUnknown ? WriteAsync(service, ct) : Task.CompletedTask;

    private Task WriteAsync(Uri service, CancellationToken ct)
    {
        if (_isUnknown) Repeated++;
        return IsChange ? ChangeAsync(service, ct) : CreateAsync(service, ct);
    }

    private async Task CreateAsync(Uri service, CancellationToken ct)
    {
        var name = $"n{number}x{Users.Count}a";
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(service, "/api/v1/users"));
        request.Headers.Add("Idempotency-Key", name);
        var (status, body) = await SendWriteAsync(request, $$"""{"email":"e{{number}}x{{Users.Count}}@load.example","name":"{{name}}"}""", ct);
        if (_isUnknown) return;
        Assert.True(status == HttpStatusCode.Created, $"{status} {body}");
        Users.Add((JsonElement.Parse(body).GetProperty("id").GetInt64(), name, Version: 1));
    }

    private async Task ChangeAsync(Uri service, CancellationToken ct)
    {
        var (id, _, version) = Users[^1];
        var name = $"n{number}x{Users.Count}b";
        using var request = new HttpRequestMessage(HttpMethod.Patch, new Uri(service, $"/api/v1/users/{id}"));
        request.Headers.Add("If-Match", $"\"{version}\"");
        var wasUnknown = _isUnknown;
        var (status, body) = await SendWriteAsync(request, $$"""{"name":"{{name}}"}""", ct);
        if (_isUnknown) return;
        // 412 shows that a request whose outcome was not known had been executed: what is read later shows whether it was this one
        Assert.True(status == HttpStatusCode.OK || (wasUnknown && status == HttpStatusCode.PreconditionFailed), $"{status} {body}");
        Users[^1] = (id, name, version + 1);
    }

    /// <summary>Reads and finds a user: each response shows its last acknowledged state.</summary>
    private async Task ReadAsync(Uri service, (long Id, string Name, long Version) user, CancellationToken ct)
    {
        var (id, name, version) = user;
        using var get = new HttpRequestMessage(HttpMethod.Get, new Uri(service, $"/api/v1/users/{id}"));
        var (status, body) = await SendAsync(get, ct);
        if (status is { } read && read != HttpStatusCode.ServiceUnavailable) AssertIs(JsonElement.Parse(body));
        using var find = new HttpRequestMessage(HttpMethod.Get, new Uri(service, $"/api/v1/users?q={name}"));
        (status, body) = await SendAsync(find, ct);
        if (status is not { } found || found == HttpStatusCode.ServiceUnavailable) return;
        Assert.True(found == HttpStatusCode.OK, $"{found} {body}");
        AssertIs(Assert.Single(JsonElement.Parse(body).GetProperty("items").EnumerateArray()));

        void AssertIs(JsonElement actual) => Assert.True(
            status == HttpStatusCode.OK
                && user == (actual.GetProperty("id").GetInt64(), actual.GetProperty("name").GetString()!, actual.GetProperty("version").GetInt64()),
            $"{status} {actual}, but {id} has the name {name} in version {version}");
    }

    private async Task<(HttpStatusCode? Status, string Body)> SendWriteAsync(HttpRequestMessage request, string body, CancellationToken ct)
    {
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        var (status, text) = await SendAsync(request, ct);
        // 409: an attempt of which no response came still runs
        _isUnknown = status is null or HttpStatusCode.ServiceUnavailable || (_isUnknown && status == HttpStatusCode.Conflict);
        if (!_isUnknown) (Acknowledged, LastAcknowledged) = (Acknowledged + 1, Stopwatch.GetTimestamp());
        return (status, text);
    }

    private async Task<(HttpStatusCode? Status, string Body)> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        var started = Stopwatch.GetTimestamp();
        HttpStatusCode? status = null;
        var body = "";
        try
        {
            using var response = await http.SendAsync(request, ct);
            body = await response.Content.ReadAsStringAsync(ct);
            status = response.StatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            body = exception.Message;
        }

        var elapsed = Stopwatch.GetElapsedTime(started);
        if (elapsed > Longest) Longest = elapsed;
        var outcome = status is { } code ? $"{(int)code}" : Cut;
        Outcomes[outcome] = Outcomes.GetValueOrDefault(outcome) + 1;
        return (status, body);
    }
}
