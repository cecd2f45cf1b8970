using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace CleanUsers.WebApi.Tests;

/// <summary>The log and metrics of a service under test, which must not have any address or name of the requests.</summary>
public sealed class Signals : IDisposable
{
    private readonly HashSet<string> _personal = new(StringComparer.Ordinal);
    private readonly MemoryStream _log;

    public Signals() => Output = Stream.Synchronized(_log = new MemoryStream());

    /// <summary>Replaces standard output.</summary>
    public Stream Output { get; }

    /// <summary>The lines so far, each as JSON. A line may take a moment to come.</summary>
    public IReadOnlyList<JsonElement> Lines() =>
        [.. Encoding.UTF8.GetString(Copy()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))];

    /// <summary>Waits for a line that matches, and returns it.</summary>
    public async Task<JsonElement> LineAsync(Func<JsonElement, bool> like)
    {
        for (var i = 0; i < 600; i++, await Task.Delay(50, TestContext.Current.CancellationToken))
            if (Lines().FirstOrDefault(like) is { ValueKind: JsonValueKind.Object } line) return line;
        throw new Xunit.Sdk.XunitException("No such line:\n" + Encoding.UTF8.GetString(Copy()));
    }

    /// <summary>Remembers the addresses and names in a request.</summary>
    public void Sent(string path, byte[]? body)
    {
        foreach (Match value in Regex.Matches(path, "(?<=[?&](email|q)=)[^&]*", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(30)))
            Remember(Uri.UnescapeDataString(value.Value));
        if (body is null) return;
        try
        {
            if (JsonNode.Parse(body) is not JsonObject members) return;
            foreach (var name in (string[])["email", "name"])
                if (members[name] is JsonValue value && value.TryGetValue<string>(out var text)) Remember(text);
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or InvalidOperationException)
        {
            // not JSON, a duplicate member, half a surrogate pair: other tests cover these
        }
    }

    /// <summary>Fails if the log or the metrics have one of the addresses or names.</summary>
    public void Check(string metrics)
    {
        var output = Encoding.UTF8.GetString(Copy()) + metrics;
        lock (_personal)
        {
            foreach (var text in _personal)
                Assert.False(
                    Regex.IsMatch(output, $@"(?<!\w){Regex.Escape(text)}(?!\w)", RegexOptions.None, TimeSpan.FromSeconds(10)),
                    $"'{text}' is in a log or metric");
        }
    }

    public void Dispose() => Output.Dispose();

    private void Remember(string text)
    {
        // short texts and numbers also occur in the service's own words
        if (text.Trim().Length < 3 || text.Trim().All(char.IsAsciiDigit)) return;
        lock (_personal) _personal.Add(text.Trim());
    }

    private byte[] Copy()
    {
        lock (Output) return _log.ToArray();
    }
}
