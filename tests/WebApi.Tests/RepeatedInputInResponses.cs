using System.Text;
using System.Text.Json;
using CleanUsers.Domain;

namespace CleanUsers.WebApi.Tests;

/// <summary>Text of a request that a response repeats is shortened if it is long, and has no characters that control a terminal.</summary>
public sealed class RepeatedInputInResponses(Service service) : IClassFixture<Service>
{
    /// <summary>A problem with one error or a few.</summary>
    private const int Small = 5_000;

    /// <summary>A hundred errors, each with a name of a hundred characters, percent-encoded in its pointer.</summary>
    private const int Large = 200_000;

    /// <summary>Text of about so many bytes, as it stands in JSON.</summary>
    private static readonly Func<int, string>[] Texts =
    [
        size => new string('a', size),
        size => new string('/', size),
        size => new string('~', size),
        size => new string('%', size),
        size => new string('é', size / 2),
        size => new string('用', size / 3),
        size => Repeat("👩", size / 4),
        size => "a" + Repeat("👩", size / 4), // the cut is inside a surrogate pair
        size => Repeat("\\u0001", size / 6),
        size => Repeat("\\u001b[31m", size / 10),
        size => Repeat("\\r\\n", size / 4),
        size => Repeat("\u202e", size / 3),
        size => Repeat("\u2028", size / 3),
        size => Repeat("\\u0000", size / 6),
        size => Repeat("\\ufffe", size / 6),
        size => "short\u202e",
        size => "short\\u001b",
    ];

    private static readonly string[] Members = ["email", "name", "age", "role", "status", "id", "deleted"];

    [Fact]
    public async Task Hostile_body_gets_a_small_response_without_control_characters()
    {
        foreach (var text in Texts.Select(make => make(60_000)))
        {
            await IsSmallAsync($$"""{"{{text}}":1}""", Small);
            await IsSmallAsync($$"""{"{{text}}":1,"{{text}}x":1,"email":7}""", Small);
            await IsSmallAsync($$"""{"{{text[..(text.Length / 12 * 6)]}}":1,"{{text[..(text.Length / 12 * 6)]}}":2}""", Small);
            foreach (var member in Members) await IsSmallAsync($$"""{"email":"a@b","{{member}}":"{{text}}"}""", Small);
        }
    }

    [Fact]
    public async Task Hostile_number_gets_a_small_response()
    {
        var digits = new string('9', 60_000);
        foreach (var number in (string[])[digits, "-" + digits, "0." + digits, "1e" + digits, "1e-" + digits])
            foreach (var member in Members)
                await IsSmallAsync($$"""{"email":"a@b","{{member}}":{{number}}}""", Small);
    }

    [Fact]
    public async Task Many_long_names_get_a_response_within_a_bound()
    {
        foreach (var make in Texts.Where(make => make(1000).Length > 100))
            await IsSmallAsync("{" + string.Join(',', Enumerable.Range(0, 110).Select(i => $"\"{make(480)}{i}\":1")) + "}", Large);
    }

    [Fact]
    public async Task Hostile_query_or_header_gets_a_small_response_without_control_characters()
    {
        foreach (var character in (string[])["a", "%01", "%1b[31m", "%E2%80%AE", "%F0%9F%91%A9", "%ED%A0%80", "%00"])
        {
            var text = Repeat(character, 7000 / character.Length);
            foreach (var name in (string[])["sort", "pageSize", "cursor", "email", "role", "includeTotal", "createdFrom"])
                IsSmall(await service.GetAsync($"/api/v1/users?{name}={text}"), Small);
            IsSmall(await service.GetAsync($"/api/v1/users?{text}=1"), Small);
            IsSmall(await service.GetAsync($"/api/v1/users?{text}=1&{character}=2"), Small);
        }

        foreach (var header in (string[])["If-Match", "If-None-Match", "Idempotency-Key", "Accept", "Content-Type"])
            IsSmall(await service.SendAsync("POST", "/api/v1/users", "{}", (header, new string('a', 20_000))), Small);
    }

    [Fact]
    public async Task Content_type_is_repeated_without_characters_that_control_a_terminal()
    {
        const string Head = "POST /api/v1/users HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n";
        var response = await service.SendRawAsync(Encoding.UTF8.GetBytes($"{Head}Content-Type: text/\u202e\u0085\tplain\r\n\r\n{{}}"));
        Assert.Contains("The header Content-Type is 'text/\uFFFD  plain' (allowed: ", response, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Name_of_100_characters_is_repeated_and_a_longer_one_is_shortened()
    {
        await NamesAsync(new string('n', 100), new string('n', 100));
        await NamesAsync(new string('n', 101), new string('n', 100) + "…");
        await NamesAsync(new string('n', 99) + "👩", new string('n', 99) + "…"); // never half a surrogate pair
        await NamesAsync("a\u202eb\nc", "a\u202eb\nc");

        async Task NamesAsync(string name, string expected)
        {
            var body = $$"""{"email":"a@b",{{JsonSerializer.Serialize(name)}}:1}""";
            var ofBody = (await service.SendAsync("POST", "/api/v1/users", body)).IsProblem(400, "validation-failed");
            Assert.Equal(expected, Uri.UnescapeDataString(ofBody["errors"][0].GetProperty("pointer").GetString()![2..]));
            var ofQuery = (await service.GetAsync($"/api/v1/users?{Uri.EscapeDataString(name)}=1")).IsProblem(400, "validation-failed");
            Assert.Equal(expected, ofQuery["errors"][0].GetProperty("parameter").GetString());
        }
    }

    private async Task IsSmallAsync(string body, int bytes)
    {
        IsSmall(await service.SendAsync("POST", "/api/v1/users", body), bytes);
        IsSmall(await service.SendAsync("PATCH", "/api/v1/deleted-users/1", body), bytes);
    }

    private static void IsSmall(Response response, int bytes)
    {
        var size = Encoding.UTF8.GetByteCount(response.Body) + response.Headers.Sum(header => header.Key.Length + header.Value.Length);
        Assert.True(size <= bytes, $"{size} bytes: {response.Body[..Math.Min(response.Body.Length, 300)]}");
        Assert.True(response.Status < 500, response.Body);
        if (response.Status < 400) return;
        var problems = response.Json.TryGetProperty("errors", out var errors) ? errors.EnumerateArray().Append(response.Json) : [response.Json];
        Assert.All(problems, problem => Assert.True(problem.GetProperty("detail").GetString()!.IsPlainLine(), response.Body));
    }

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));
}
