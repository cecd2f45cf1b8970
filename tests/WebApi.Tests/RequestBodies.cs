using System.Text;

namespace CleanUsers.WebApi.Tests;

public sealed class RequestBodies(Service service) : IClassFixture<Service>
{
    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/xml")]
    [InlineData("application/merge-patch+json")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("nonsense")]
    [InlineData("")]
    public async Task Another_or_no_content_type_is_415_with_the_accepted_ones(string type)
    {
        var response = await service.SendAsync("POST", "/api/v1/users", """{"email":"type@example.org"}""", ("Content-Type", type));
        response.IsProblem(415, "unsupported-media-type");
        Assert.Equal("application/json", response.Header("Accept-Post"));
        var found = type == "" ? "is missing" : $"is '{type}'";
        Assert.Equal($"The header Content-Type {found} (allowed: application/json, in UTF-8).", response["detail"].GetString());
    }

    /// <summary>RFC 9110 section 5.6.6 allows empty parameters; RFC 8259 section 8.1 allows UTF-8 alone, wherever and however it is named.</summary>
    [Theory]
    [InlineData("application/json", 201)]
    [InlineData("APPLICATION/Json", 201)]
    [InlineData("application/json;", 201)]
    [InlineData("application/json ; ; ", 201)]
    [InlineData("application/json;charset=utf-8", 201)]
    [InlineData("application/json;;charset=utf-8", 201)]
    [InlineData("application/json; ;\t; charset=utf-8;", 201)]
    [InlineData("application/json; CHARSET=\"UTF-8\"", 201)]
    [InlineData("application/json; charset=\"utf\\-8\"", 201)]
    [InlineData("application/json; charset=utf-8; charset=UTF-8", 201)]
    [InlineData("application/json; charset=utf-8;; charset=\"utf-8\"", 201)]
    [InlineData("application/json; profile=\"a;charset=utf-16\"; charset=utf-8", 201)]
    [InlineData("application/json; profile=\"a\\\";charset=utf-16\"", 201)]
    [InlineData("application/json; charset=utf-16", 415)]
    [InlineData("application/json;;charset=utf-16", 415)]
    [InlineData("application/json;;;; charset=utf-16", 415)]
    [InlineData("application/json; charset=utf-16; charset=utf-8", 415)]
    [InlineData("application/json; charset=utf-8; charset=utf-16", 415)]
    [InlineData("application/json; charset=utf-8;; charset=utf-16", 415)]
    [InlineData("application/json;; charset=utf-8;; charset=\"UTF-16\"", 415)]
    [InlineData("application/json; charset=utf-8; CharSet=\"utf-16\"", 415)]
    [InlineData("application/json; a=b; charset=utf-8; c=d; charset=latin1", 415)]
    [InlineData("application/json; charset=utf8", 415)]
    [InlineData("application/json; charset=\"\"", 415)]
    [InlineData("application/json; charset=", 415)]
    [InlineData("application/json; charset", 415)]
    [InlineData("application/json;; charset", 415)]
    [InlineData("application/json;; =utf-8", 415)]
    [InlineData("application/json; charset=\"utf-8", 415)]
    [InlineData("application/json; charset=utf-8 x", 415)]
    [InlineData("application/json;; charset=utf-8, text/plain", 415)]
    [InlineData("application/json, application/json", 415)]
    [InlineData("application/ json", 415)]
    public async Task Body_is_read_only_when_every_charset_is_UTF_8(string type, int status)
    {
        var body = $$"""{"email":"c{{Guid.NewGuid():N}}@example.org"}""";
        var response = await service.SendAsync("POST", "/api/v1/users", body, ("Content-Type", type));
        response.Is(status);
        Assert.Equal(status == 415 ? "application/json" : null, response.Header("Accept-Post"));
        Assert.Null(response.Header("Accept-Encoding"));
    }

    /// <summary>RFC 9110 sections 8.4 and 15.5.16.</summary>
    [Theory]
    [InlineData("POST", "Content-Encoding: gzip")]
    [InlineData("POST", "Content-Encoding: br, identity")]
    [InlineData("POST", "Content-Encoding: identity\r\nContent-Encoding: gzip")]
    [InlineData("POST", "Content-Encoding: identity;q=1")]
    [InlineData("PATCH", "Content-Encoding: gzip")]
    public async Task Content_coding_is_415_and_the_response_accepts_only_identity(string method, string header)
    {
        var response = (await SendCodedAsync(method, header)).IsProblem(415, "unsupported-media-type");
        Assert.Equal("identity", response.Header("Accept-Encoding"));
        Assert.Null(response.Header("Accept-Post"));
        Assert.Null(response.Header("Accept-Patch"));
        Assert.Contains("Content-Encoding", response["detail"].GetString(), StringComparison.Ordinal);
        DescribedContract.Check(method, method == "POST" ? "/api/v1/users" : "/api/v1/users/1", response);
    }

    [Theory]
    [InlineData("POST", "Content-Encoding:")]
    [InlineData("POST", "Content-Encoding: ")]
    [InlineData("POST", "Content-Encoding: , ,")]
    [InlineData("POST", "Content-Encoding: identity")]
    [InlineData("POST", "Content-Encoding: Identity, IDENTITY")]
    [InlineData("PATCH", "Content-Encoding: identity\r\nContent-Encoding: ")]
    public async Task Body_without_a_content_coding_or_with_identity_is_read(string method, string header) =>
        (await SendCodedAsync(method, header)).Is(method == "POST" ? 201 : 200);

    private async Task<Response> SendCodedAsync(string method, string header)
    {
        var address = $"e{Guid.NewGuid():N}@example.org";
        var path = method == "POST" ? "/api/v1/users" : $"/api/v1/users/{await service.CreateAsync(address)}";
        var body = method == "POST" ? $$"""{"email":"{{address}}"}""" : """{"age":7}""";
        using var connection = new RawConnection(service.Client.BaseAddress!);
        await connection.SendAsync(
            $"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{header}\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        return (await connection.ReadAsync(method, TimeSpan.FromSeconds(20)))!;
    }

    [Fact]
    public async Task PATCH_of_another_type_is_415_with_Accept_Patch()
    {
        var response = await service.SendAsync("PATCH", "/api/v1/users/1", "x", ("Content-Type", "application/json-patch+json"));
        response.IsProblem(415, "unsupported-media-type");
        Assert.Equal("application/merge-patch+json, application/json", response.Header("Accept-Patch"));
        Assert.Equal(
            "The header Content-Type is 'application/json-patch+json' (allowed: application/merge-patch+json or application/json, in UTF-8).",
            response["detail"].GetString());
    }

    [Theory]
    [InlineData("", "body-missing")]
    [InlineData(" ", "invalid-json")]
    [InlineData("{", "invalid-json")]
    [InlineData("{\"email\":", "invalid-json")]
    [InlineData("{\"email\":\"a@b\",}", "invalid-json")]
    [InlineData("{'email':'a@b'}", "invalid-json")]
    [InlineData("{\"email\":\"a@b\"} {}", "invalid-json")]
    [InlineData("// x\n{}", "invalid-json")]
    [InlineData("{\"age\":NaN}", "invalid-json")]
    [InlineData("{\"age\":01}", "invalid-json")]
    [InlineData("[]", "wrong-type")]
    [InlineData("\"x\"", "wrong-type")]
    [InlineData("5", "wrong-type")]
    [InlineData("null", "wrong-type")]
    [InlineData("true", "wrong-type")]
    public async Task Body_that_is_not_a_JSON_object_is_400(string body, string code)
    {
        var response = (await service.SendAsync("POST", "/api/v1/users", body)).IsProblem(400, "malformed-body");
        Assert.Equal([$"pointer # {code}"], response.Errors());
    }

    [Fact]
    public async Task Malformed_JSON_is_reported_with_line_and_byte()
    {
        var response = (await service.SendAsync("POST", "/api/v1/users", "{\n  \"email\": \"a@b\"\n  \"name\": 1 }")).IsProblem(
            400, "malformed-body");
        Assert.Contains("line 3, byte 3", response["detail"].GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(31, 400, "validation-failed")]
    [InlineData(32, 400, "malformed-body")]
    [InlineData(10000, 400, "malformed-body")]
    public async Task Nesting_deeper_than_32_is_400(int arrays, int status, string code)
    {
        var body = $$"""{"name":{{new string('[', arrays)}}{{new string(']', arrays)}}}""";
        (await service.SendAsync("POST", "/api/v1/users", body)).IsProblem(status, code);
    }

    [Fact]
    public async Task Body_that_is_not_UTF8_is_400()
    {
        byte[] body = [.. "{\"email\":\"a"u8, 0xFF, .. "@b\"}"u8];
        var response = (await service.SendBytesAsync("POST", "/api/v1/users", body)).IsProblem(400, "malformed-body");
        Assert.Equal(["pointer # invalid-utf-8"], response.Errors());
        Assert.Contains("byte 12", response["detail"].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Byte_order_mark_is_ignored() =>
        (await service.SendBytesAsync("POST", "/api/v1/users", [0xEF, 0xBB, 0xBF, .. "{\"email\":\"bom@example.org\"}"u8])).Is(201);

    [Theory]
    [InlineData("""{"email":5}""", "pointer #/email wrong-type")]
    [InlineData("""{"email":"a@b","name":5}""", "pointer #/name wrong-type")]
    [InlineData("""{"email":"a@b","age":"36"}""", "pointer #/age wrong-type")]
    [InlineData("""{"email":"a@b","age":36.5}""", "pointer #/age wrong-type")]
    [InlineData("""{"email":"a@b","age":true}""", "pointer #/age wrong-type")]
    [InlineData("""{"email":"a@b","age":151}""", "pointer #/age out-of-range")]
    [InlineData("""{"email":"a@b","age":-1}""", "pointer #/age out-of-range")]
    [InlineData("""{"email":"a@b","age":99999999999999999999}""", "pointer #/age out-of-range")]
    [InlineData("""{"email":"a@b","age":1e400}""", "pointer #/age out-of-range")]
    [InlineData("""{"email":"a@b","age":1e-400}""", "pointer #/age wrong-type")]
    [InlineData("""{"email":"a@b","age":150.000000000000000001}""", "pointer #/age wrong-type")]
    [InlineData("""{"email":"a@b","":1}""", "pointer #/ unknown-member")]
    [InlineData("""{"email":"a@b","role":1}""", "pointer #/role wrong-type")]
    [InlineData("""{"email":"a@b","role":"root"}""", "pointer #/role unknown-value")]
    [InlineData("""{"email":"a@b","role":null}""", "pointer #/role required")]
    [InlineData("""{"email":"a@b","status":"Deleted"}""", "pointer #/status unknown-value")]
    [InlineData("""{"email":"a@b","name":""}""", "pointer #/name too-short")]
    [InlineData("""{"email":"a@b","name":"a\u0000b"}""", "pointer #/name invalid-character")]
    [InlineData("""{"email":"a@b","name":"\uD800"}""", "pointer #/name invalid-text")]
    [InlineData("""{"email":"a@b","name":"\uFFFE"}""", "pointer #/name invalid-character")]
    [InlineData("""{"email":"a@b","\uD800":1}""", "pointer # invalid-text")]
    [InlineData("""{"email":"a@b\r\nBcc: x@y"}""", "pointer #/email invalid-email")]
    [InlineData("""{"email":"a@b","emial":"c@d"}""", "pointer #/emial unknown-member")]
    [InlineData("""{"email":"a@b","Email":"c@d"}""", "pointer #/Email unknown-member")]
    [InlineData("""{"email":"a@b","deletedAt":null}""", "pointer #/deletedAt unknown-member")]
    [InlineData("""{"email":"a@b","a/b~c d%é":1}""", "pointer #/a~1b~0c%20d%25%C3%A9 unknown-member")]
    [InlineData("""{"email":"a@b","age":1,"age":2}""", "pointer #/age duplicate-member")]
    [InlineData("""{"email":"a@b","age":1,"\u0061ge":1}""", "pointer #/age duplicate-member")]
    public async Task Invalid_member_is_400_that_names_it(string body, string error) =>
        (await service.SendAsync("POST", "/api/v1/users", body)).HasErrors(error);

    [Fact]
    public async Task All_shape_and_rule_errors_are_reported_at_once() =>
        (await service.SendAsync("POST", "/api/v1/users", """{"name":7,"name":8,"age":151,"role":"boss","emial":"x","x":1}""")).HasErrors(
            "pointer #/name duplicate-member",
            "pointer #/name wrong-type",
            "pointer #/emial unknown-member",
            "pointer #/x unknown-member",
            "pointer #/email required",
            "pointer #/age out-of-range",
            "pointer #/role unknown-value");

    [Theory]
    [InlineData("POST", "/api/v1/users", "age, email, name, role, status")]
    [InlineData("PUT", "/api/v1/users/1", "age, email, name, role, status")]
    [InlineData("PATCH", "/api/v1/users/1", "age, email, name, role, status")]
    [InlineData("PATCH", "/api/v1/deleted-users/1", "deleted, email")]
    [InlineData("POST", "/api/v1/users/1/emails", "subject, text")]
    public async Task Unknown_member_is_400_with_the_allowed_ones(string method, string path, string allowed)
    {
        var response = (await service.SendAsync(method, path, """{"id":1,"emial":"x"}""")).IsProblem(400, "validation-failed");
        Assert.Contains(
            $"Unknown member 'emial' (allowed: {allowed}).",
            response["errors"].EnumerateArray().Select(error => error.GetProperty("detail").GetString()));
    }

    [Fact]
    public async Task Thousands_of_errors_are_limited_to_100()
    {
        var body = "{" + string.Join(',', Enumerable.Range(0, 6000).Select(i => $"\"m{i}\":1")) + "}";
        var response = (await service.SendAsync("POST", "/api/v1/users", body)).IsProblem(400, "validation-failed");
        Assert.Equal(100, response["errors"].GetArrayLength());
        Assert.Contains("6001", response["detail"].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_query_parameter_of_a_POST_is_400() =>
        (await service.SendAsync("POST", "/api/v1/users?dryRun=true", """{"email":"x"}"""))
            .HasErrors("parameter dryRun unknown-parameter", "pointer #/email invalid-email");

    [Fact]
    public async Task Body_over_the_limit_is_413()
    {
        var body = $$"""{"name":"{{new string('a', 65536)}}"}""";
        (await service.SendAsync("POST", "/api/v1/users", body)).IsProblem(413, "body-too-large");
    }

    [Fact]
    public async Task Body_over_the_limit_is_413_without_a_Content_Length()
    {
        var chunk = "1000\r\n" + new string(' ', 4096) + "\r\n";
        var request = "POST /api/v1/users HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
            + "Connection: close\r\n\r\n"
            + string.Concat(Enumerable.Repeat(chunk, 17)) + "0\r\n\r\n";
        var response = await service.SendRawAsync(Encoding.ASCII.GetBytes(request));
        Assert.StartsWith("HTTP/1.1 413", response, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"body-too-large\"", response, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_of_exactly_the_limit_is_read()
    {
        var body = """{"email":"limit@example.org"}""";
        (await service.SendAsync("POST", "/api/v1/users", body + new string(' ', 65536 - body.Length))).Is(201);
    }

    [Fact]
    public async Task Malformed_chunk_is_a_400_problem()
    {
        var response = await service.SendRawAsync(Encoding.ASCII.GetBytes(
            "POST /api/v1/users HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n"));
        Assert.StartsWith("HTTP/1.1 400", response, StringComparison.Ordinal);
        Assert.Contains("application/problem+json", response, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"malformed-request\"", response, StringComparison.Ordinal);
    }

    /// <summary>The examples of RFC 7396's appendix A, as far as an object without depth can follow them.</summary>
    [Theory]
    [InlineData("""{"name":"b"}""", """{"name":"c"}""", "\"c\"", "null")]
    [InlineData("""{"name":"b"}""", """{"age":1}""", "\"b\"", "1")]
    [InlineData("""{"name":"b"}""", """{"name":null}""", "null", "null")]
    [InlineData("""{"name":"b","age":1}""", """{"name":null}""", "null", "1")]
    [InlineData("""{"age":1}""", """{"name":"b","age":null}""", "\"b\"", "null")]
    [InlineData("""{}""", """{"name":null}""", "null", "null")]
    public async Task Merge_patch_follows_the_examples_of_RFC_7396(string original, string patch, string name, string age)
    {
        var id = await service.CreateAsync($"m{Guid.NewGuid():N}@example.org", original.Length > 2 ? "," + original[1..^1] : "");
        var response = (await service.SendAsync("PATCH", $"/api/v1/users/{id}", patch)).Is(200);
        Assert.Equal((name, age), (response["name"].GetRawText(), response["age"].GetRawText()));
    }

    [Theory]
    [InlineData("""["c"]""")]
    [InlineData("null")]
    [InlineData("\"bar\"")]
    public async Task Merge_patch_that_is_not_an_object_is_400(string patch)
    {
        var id = await service.CreateAsync($"m{Guid.NewGuid():N}@example.org");
        (await service.SendAsync("PATCH", $"/api/v1/users/{id}", patch)).IsProblem(400, "malformed-body");
    }
}
