using System.Security.Cryptography;
using System.Text;
using CleanUsers.Application.Ports;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;

namespace CleanUsers.WebApi.Tests;

public sealed class Tokens(ClosedService service) : IClassFixture<ClosedService>
{
    private const string Unsigned = """{"alg":"none","typ":"JWT"}""";

    [Fact]
    public async Task Valid_token_is_accepted() => (await service.GetAsync("/api/v1/users", ClosedService.Bearer(ClosedService.Token()))).Is(200);

    [Fact]
    public Task Unsigned_token_is_401() => IsRejectedAsync(ClosedService.Raw(Unsigned, ClosedService.Payload()), "can not be verified");

    [Theory]
    [InlineData("None")]
    [InlineData("nOnE")]
    [InlineData("")]
    [InlineData("HS256")]
    public Task Token_without_a_signature_is_401_for_every_algorithm(string algorithm) =>
        IsRejectedAsync(ClosedService.Raw($$"""{"alg":"{{algorithm}}"}""", ClosedService.Payload()), "can not be verified");

    [Fact]
    public Task Token_signed_with_a_foreign_key_is_401() =>
        IsRejectedAsync(ClosedService.Token(new byte[32], SecurityAlgorithms.HmacSha256), "can not be verified");

    [Fact]
    public Task Token_with_its_own_key_in_the_header_is_401() => IsRejectedAsync(
        ClosedService.Raw(
            """{"alg":"HS256","jwk":{"kty":"oct","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},"x5c":[],"jku":"http://127.0.0.1/"}""",
            ClosedService.Payload(), "AAAA"),
        "can not be verified");

    /// <summary>RFC 7515 section 4.1.11.</summary>
    [Theory]
    [InlineData("""{"alg":"HS256","crit":["x"],"x":1}""")]
    [InlineData("""{"alg":"HS256","crit":["b64"],"b64":true}""")]
    [InlineData("""{"alg":"HS256","crit":[]}""")]
    public Task Token_with_a_critical_header_is_401(string header) => IsRejectedAsync(Signed(header), "critical header");

    [Theory]
    [InlineData("""{"alg":"HS256"}""")]
    [InlineData("""{"alg":"HS256","x":1}""")]
    public async Task Unknown_header_that_is_not_critical_is_ignored(string header) =>
        (await service.GetAsync("/api/v1/users", ClosedService.Bearer(Signed(header)))).Is(200);

    [Fact]
    public Task Token_of_another_issuer_is_401() =>
        IsRejectedAsync(ClosedService.Token(("iss", "https://evil.example\r\n\u00e9\"")), "another issuer");

    [Fact]
    public Task Token_for_another_audience_is_401() => IsRejectedAsync(ClosedService.Token(("aud", "https://other.example")), "another audience");

    [Fact]
    public Task Token_without_an_audience_is_401() => IsRejectedAsync(ClosedService.Token(("aud", null)), "another audience");

    [Fact]
    public Task Token_without_an_issuer_is_401() => IsRejectedAsync(ClosedService.Token(("iss", null)), "another issuer");

    [Fact]
    public Task Expired_token_is_401() => IsRejectedAsync(ClosedService.Token(("exp", ClosedService.Seconds(-15))), "expired");

    [Fact]
    public Task Token_that_is_not_yet_valid_is_401() => IsRejectedAsync(ClosedService.Token(("nbf", ClosedService.Seconds(15))), "not valid yet");

    [Fact]
    public Task Token_without_a_subject_is_401() => IsRejectedAsync(ClosedService.Token(("sub", null)), "subject");

    [Fact]
    public Task Token_without_an_expiry_is_401() => IsRejectedAsync(ClosedService.Token(("exp", null)), "does not expire");

    [Fact]
    public async Task Modified_token_is_401()
    {
        var parts = ClosedService.Token().Split('.');
        var other = ClosedService.Token(("scope", "users.purge")).Split('.');
        await IsRejectedAsync($"{parts[0]}.{other[1]}.{parts[2]}", "can not be verified");
        await IsRejectedAsync($"{parts[0]}.{parts[1]}.{(parts[2][0] == 'A' ? 'B' : 'A')}{parts[2][1..]}", "can not be verified");
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("a.b.c")]
    [InlineData("....")]
    [InlineData("e30.e30.e30")]
    public Task Malformed_token_is_401(string token) => IsRejectedAsync(token, "can not be verified");

    [Theory]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Basic YWRhOmFkYQ==")]
    [InlineData("")]
    public async Task Empty_or_other_authorization_is_401_without_a_reason(string authorization)
    {
        var response = (await service.GetAsync("/api/v1/users", ("Authorization", authorization))).IsProblem(401, "unauthenticated");
        Assert.Equal("Bearer", response.Header("WWW-Authenticate"));
    }

    [Fact]
    public async Task Two_tokens_are_401()
    {
        var token = ClosedService.Token();
        await IsRejectedAsync($"{token},Bearer {token}", "can not be verified");
    }

    public static TheoryData<string> UnusableSubjects =>
    [
        "", " ", new string('a', 256), "a\u0000b", "a\r\nb", "a\u202Eb", "a\u2028b", "anonymous", "Anonymous", "service", "cli:root",
        "CLI:root", "key:7",
    ];

    [Theory]
    [MemberData(nameof(UnusableSubjects))]
    public Task Token_with_an_invalid_subject_is_401(string subject) => IsRejectedAsync(ClosedService.Token(("sub", subject)), "subject");

    [Theory]
    [InlineData("a")]
    [InlineData("auth0|5f7c8ec7c33c6c004bbafe82")]
    [InlineData("\u00e9\u4e2d\U0001F600")]
    public async Task Subject_is_recorded_as_the_caller(string subject)
    {
        foreach (var sub in (string[])[subject, subject.PadRight(255, 'a')])
        {
            var token = ClosedService.Bearer(ClosedService.Token(("sub", sub), ("scope", "users.write")));
            var email = $"{Guid.NewGuid():N}@example.org";
            var id = (await service.SendAsync("POST", "/api/v1/users", $$"""{"email":"{{email}}"}""", token)).Is(201)["id"].GetInt64();
            (await service.SendAsync("DELETE", $"/api/v1/users/{id}", null, token)).Is(204);
            await using var scope = service.Services.CreateAsyncScope();
            var user = (await scope.ServiceProvider.GetRequiredService<IUserRepository>().FindDeletedToChangeAsync(
                id, TestContext.Current.CancellationToken))!;
            Assert.Equal((sub, sub, sub), (user.CreatedBy, user.UpdatedBy, user.DeletedBy));
        }
    }

    private static string Signed(string header)
    {
        var unsigned = ClosedService.Raw(header, ClosedService.Payload());
        var signature = HMACSHA256.HashData(ClosedService.Key, Encoding.ASCII.GetBytes(unsigned.TrimEnd('.')));
        return unsigned + Base64UrlEncoder.Encode(signature);
    }

    private async Task IsRejectedAsync(string token, string reason)
    {
        foreach (var (method, path) in ((string, string)[])[
            ("GET", "/api/v1/users"), ("POST", "/api/v1/users"), ("DELETE", "/api/v1/deleted-users/1"), ("GET", "/nothing")])
        {
            var response = (await service.SendAsync(method, path, null, ClosedService.Bearer(token))).IsProblem(401, "unauthenticated");
            Assert.Matches("^Bearer error=\"invalid_token\", error_description=\"[A-Za-z0-9 ,]+\"$", response.Header("WWW-Authenticate")!);
            Assert.Contains(reason, response.Header("WWW-Authenticate"), StringComparison.Ordinal);
        }
    }
}
