using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace CleanUsers.WebApi.Tests;

public sealed class Callers(Callers.WithTokens service) : IClassFixture<Callers.WithTokens>
{
    [Fact]
    public async Task Same_key_of_two_callers_is_two_requests()
    {
        var ada = await PostAsync("ada", """{"email":"ada@example.org"}""");
        var bob = await PostAsync("bob", """{"email":"bob@example.org"}""");
        Assert.NotEqual(ada.Is(201)["id"].GetInt64(), bob.Is(201)["id"].GetInt64());
        Assert.Equal(ada.Body, (await PostAsync("ada", """{"email":"ada@example.org"}""")).Is(201).Body);
        (await PostAsync("bob", """{"email":"ada@example.org"}""")).IsProblem(422, "idempotency-key-reused");
    }

    [Fact]
    public async Task History_has_the_subject_of_the_token()
    {
        (string, string)[] token = [("Authorization", "Bearer " + WithTokens.Token("carol", ("scope", "users.read users.write")))];
        var user = (await service.SendAsync("POST", "/api/v1/users", """{"email":"carol@example.org"}""", token)).Is(201).Header("Location");
        Assert.Equal("carol", (await service.GetAsync($"{user}/history", token)).Is(200)["items"][0].GetProperty("by").GetString());
    }

    private Task<Response> PostAsync(string subject, string body) => service.SendAsync(
        "POST", "/api/v1/users", body, ("Idempotency-Key", "same"), ("Authorization", "Bearer " + WithTokens.Token(subject)));

    public sealed class WithTokens : Service
    {
        private static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

        protected override IEnumerable<(string Key, string Value)> Settings =>
        [
            ("Authentication:AllowAnonymous", "false"),
            ("Authentication:Schemes:Bearer:ValidIssuer", "https://issuer.example"),
            ("Authentication:Schemes:Bearer:ValidAudiences:0", "https://users.example"),
            ("Authentication:Schemes:Bearer:SigningKeys:0:Issuer", "https://issuer.example"),
            ("Authentication:Schemes:Bearer:SigningKeys:0:Value", Convert.ToBase64String(Key)),
        ];

        public static string Token(string subject, params (string Name, object Value)[] more) =>
            new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
            {
                Issuer = "https://issuer.example",
                Audience = "https://users.example",
                Claims = more.Concat([("sub", subject), ("scope", "users.write")]).DistinctBy(claim => claim.Item1).ToDictionary(
                claim => claim.Item1, claim => claim.Item2),
                SigningCredentials = new(new SymmetricSecurityKey(Key), SecurityAlgorithms.HmacSha256),
            });
    }
}
