using System.Text;

namespace CleanUsers.WebApi.Tests;

/// <summary>The text that a query may have: percent-encoded UTF-8 without characters that harm databases, terminals or log files.</summary>
public abstract class TextInQueries(Service service)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    private static readonly string[] Parameters =
    [
        .. DescribedContract.Document["paths"]!["/api/v1/users"]!["get"]!["parameters"]!.AsArray()
            .Select(parameter => DescribedContract.Resolve(parameter!)).Where(parameter => parameter["in"]!.GetValue<string>() == "query")
            .Select(parameter => parameter["name"]!.GetValue<string>()),
    ];

    /// <summary>Every control character, line break and direction override, and U+FFFE.</summary>
    private static readonly int[] NotPlain =
        [.. Enumerable.Range(0, 0x20), .. Enumerable.Range(0x7F, 0x21), .. Enumerable.Range(0x2028, 7), .. Enumerable.Range(0x2066, 4), 0xFFFE];

    private readonly Service _service = service.Present();

    [Theory]
    [InlineData("users")]
    [InlineData("deleted-users")]
    public async Task Search_with_a_character_that_is_not_plain_text_is_400(string list)
    {
        var accepted = new List<string>();
        foreach (var character in NotPlain.Select(char.ConvertFromUtf32))
        {
            foreach (var q in (string[])[character, $"a{character}b"])
            {
                var response = await _service.GetAsync($"/api/v1/{list}?q={Uri.EscapeDataString(q)}");
                if (response.Status != 400 || !response.Errors().SequenceEqual(["parameter q invalid-character"]))
                    accepted.Add($"{Uri.EscapeDataString(q)}: {response.Status}");
            }
        }

        Assert.True(accepted.Count == 0, $"{accepted.Count} of {NotPlain.Length * 2}:\n{string.Join('\n', accepted)}");
    }

    [Fact]
    public async Task Control_character_in_any_parameter_is_400_that_names_it()
    {
        foreach (var list in (string[])["users", "deleted-users"])
        {
            foreach (var name in Parameters)
            {
                foreach (var character in (string[])["%00", "%01", "%1F", "%7F", "%C2%85", "%E2%80%A8"])
                {
                    var response = await _service.GetAsync($"/api/v1/{list}?{name}={character}");
                    var error = Assert.Single(response.IsProblem(400, "validation-failed").Errors());
                    Assert.StartsWith($"parameter {name} ", error, StringComparison.Ordinal);
                }
            }
        }
    }

    [Theory]
    [InlineData("%")]
    [InlineData("50%")]
    [InlineData("%2")]
    [InlineData("%zz")]
    [InlineData("%0g")]
    [InlineData("%g0")]
    [InlineData("%+1")]
    [InlineData("%-1")]
    [InlineData("%%20")]
    [InlineData("%u0041")]
    [InlineData("%C3")] // cut
    [InlineData("%C3a")]
    [InlineData("%C3%28")]
    [InlineData("%E2%82")]
    [InlineData("%80")] // no beginning
    [InlineData("%C0%80")] // overlong
    [InlineData("%C1%BF")]
    [InlineData("%E0%80%AF")]
    [InlineData("%ED%A0%80")] // half surrogates
    [InlineData("%ED%B0%80")]
    [InlineData("%ED%A0%BD%ED%BA%80")]
    [InlineData("%F4%90%80%80")] // beyond U+10FFFF
    [InlineData("%F8%88%80%80%80")]
    [InlineData("%FE")]
    [InlineData("%FF")]
    public async Task Broken_percent_encoding_is_400_that_names_the_parameter(string broken)
    {
        var id = await _service.CreateAsync($"broken{broken.Length}{Uri.EscapeDataString(broken).Replace('%', '-')}@queries.example");
        foreach (var name in Parameters) (await GetAsync($"/api/v1/users?{name}={broken}")).HasErrors($"parameter {name} invalid-encoding");
        foreach (var list in (string[])["users", "deleted-users"])
        {
            (await GetAsync($"/api/v1/{list}?q=a&{broken}=1")).HasErrors($"parameter {broken} invalid-encoding");
            (await GetAsync($"/api/v1/{list}?{broken}")).HasErrors($"parameter {broken} invalid-encoding");
            (await GetAsync($"/api/v1/{list}?x={broken}")).HasErrors("parameter x invalid-encoding", "parameter x unknown-parameter");
            (await GetAsync($"/api/v1/{list}?%71={broken}")).HasErrors("parameter q invalid-encoding");
        }

        (await GetAsync($"/api/v1/users/{id}/emails?cursor={broken}")).HasErrors("parameter cursor invalid-encoding");
        (await GetAsync($"/api/v1/users/{id}?{broken}=1")).HasErrors($"parameter {broken} invalid-encoding");
    }

    [Fact]
    public async Task Broken_percent_encoding_is_reported_with_all_other_errors() =>
        (await GetAsync("/api/v1/users?q=%C3&q=a&pageSize=0&%zz=1&sort=age")).HasErrors(
            "parameter q invalid-encoding",
            "parameter q repeated",
            "parameter %zz invalid-encoding",
            "parameter pageSize out-of-range",
            "parameter sort unknown-value");

    [Theory]
    [InlineData("q=Gr%C3%BC%c3%9fe", "q=Gr%C3%BC%C3%9Fe")]
    [InlineData("q=gr%C3%BC+ada", "q=gr%C3%BC%20ada")]
    [InlineData("q=gr%C3%BC%20ada", "q=gr%C3%BC%20ada")]
    [InlineData("q=ada%2Bgr%C3%BC", "q=ada%2Bgr%C3%BC")]
    [InlineData("%71=%61da", "q=ada")]
    [InlineData("&&q=ada&", "q=ada")]
    public async Task Links_of_a_page_repeat_the_query(string query, string linked)
    {
        if (query.Contains("%2B", StringComparison.Ordinal)) await _service.CreateAsync($"ada+gr\u00FC@{Guid.NewGuid():N}.example");
        await _service.CreateAsync($"ada{Guid.NewGuid():N}@links.example", ",\"name\":\"Gr\u00FC\u00DFe an Ada\"");
        var page = (await GetAsync($"/api/v1/users?{query}")).Is(200);
        Assert.NotEqual(0, page["items"].GetArrayLength());
        Assert.Equal($"</api/v1/users?{linked}>; rel=\"first\"", page.Header("Link"));
    }

    /// <summary>
    /// A text that PostgreSQL rejects once left the driver's prepared statement half made, and the next search on that connection failed too.
    /// </summary>
    [Fact]
    public async Task Rejected_queries_do_not_affect_concurrent_valid_ones()
    {
        const int Clients = 10, Rounds = 50;
        var id = await _service.CreateAsync("good@beside.example", ",\"name\":\"Besides\"");
        var forged = CursorForgery.OfUsers(deleted: false, "name", "1:a\0b"u8.ToArray());
        string[] bad = ["q=%00", "q=besi%00", $"sort=name&cursor={forged}"];
        var responses = await Task.WhenAll(Enumerable.Range(0, Clients).Select(async client =>
        {
            var outcomes = new List<string>();
            for (var i = 0; i < Rounds; i++)
            {
                var rejected = _service.GetAsync("/api/v1/users?" + bad[(client + i) % bad.Length]);
                var found = await _service.GetAsync("/api/v1/users?q=besi&sort=name");
                var ids = found.Status == 200 ? string.Join(',', found["items"].EnumerateArray().Select(user => user.GetProperty("id"))) : "";
                outcomes.Add($"bad {(await rejected).Status}, good {found.Status} {ids}");
            }

            return outcomes;
        }));
        Assert.Equal(
            [KeyValuePair.Create($"bad 400, good 200 {id}", Clients * Rounds)],
            responses.SelectMany(outcomes => outcomes).CountBy(outcome => outcome));
    }

    /// <summary>Sends the path as written: <see cref="Uri"/> would encode a percent sign that stands alone.</summary>
    private async Task<Response> GetAsync(string path)
    {
        using var connection = new RawConnection(_service.Client.BaseAddress!);
        await connection.SendAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        var response = (await connection.ReadAsync("GET", Timeout))!;
        DescribedContract.Check("GET", path, response);
        return response;
    }
}

public sealed class TextInQueriesOnSqlite(ServiceOnSqlite service) : TextInQueries(service), IClassFixture<ServiceOnSqlite>;

public sealed class TextInQueriesOnSqlServer(ServiceOnSqlServer service) : TextInQueries(service), IClassFixture<ServiceOnSqlServer>;

public sealed class TextInQueriesOnPostgreSql(ServiceOnPostgreSql service) : TextInQueries(service), IClassFixture<ServiceOnPostgreSql>;
