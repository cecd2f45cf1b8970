namespace CleanUsers.WebApi.Tests;

public sealed class RequiringIfMatch(RequiringIfMatch.Strict service) : IClassFixture<RequiringIfMatch.Strict>
{
    [Fact]
    public async Task A_change_without_a_condition_is_428_and_a_read_or_a_create_is_not()
    {
        var id = await service.CreateAsync("strict@example.org");
        var user = $"/api/v1/users/{id}";
        (await service.GetAsync(user)).Is(200);
        (await service.SendAsync("PATCH", user, """{"age":1}""")).IsProblem(428, "version-required");
        (await service.SendAsync("PUT", user, """{"email":"x@y","role":"User","status":"Active"}""")).IsProblem(428, "version-required");
        (await service.SendAsync("DELETE", user)).IsProblem(428, "version-required");
        (await service.SendAsync("PATCH", user, """{"age":1}""", ("If-Match", "\"1\""))).Is(200);
        (await service.SendAsync("DELETE", user, null, ("If-Match", "\"2\""))).Is(204);
        (await service.SendAsync("PATCH", $"/api/v1/deleted-users/{id}", """{"deleted":false}""")).IsProblem(428, "version-required");
        (await service.SendAsync("DELETE", $"/api/v1/deleted-users/{id}")).IsProblem(428, "version-required");
    }

    public sealed class Strict : Service
    {
        protected override IEnumerable<(string Key, string Value)> Settings => [("Http:RequireIfMatch", "true")];
    }
}

public sealed class RequiringAToken(RequiringAToken.Closed service) : IClassFixture<RequiringAToken.Closed>
{
    [Theory]
    [InlineData("GET", "/api/v1/users")]
    [InlineData("GET", "/api/v1/users/1")]
    [InlineData("POST", "/api/v1/users")]
    [InlineData("DELETE", "/api/v1/deleted-users/1")]
    public async Task Without_a_token_nobody_comes_in(string method, string path)
    {
        var answer = (await service.SendAsync(method, path, method == "POST" ? "{}" : null)).IsProblem(401, "unauthenticated");
        Assert.StartsWith("Bearer", answer.Header("WWW-Authenticate"), StringComparison.Ordinal);
        var forged = ("Authorization", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJldmUifQ.");
        (await service.SendAsync(method, path, method == "POST" ? "{}" : null, forged)).IsProblem(401, "unauthenticated");
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    [InlineData("/problems/unauthenticated")]
    public async Task What_is_open_is_open(string path) => (await service.GetAsync(path)).Is(200);

    public sealed class Closed : Service
    {
        protected override IEnumerable<(string Key, string Value)> Settings =>
        [
            ("Authentication:AllowAnonymous", "false"),
            ("Authentication:Schemes:Bearer:ValidIssuer", "https://issuer.example"),
            ("Authentication:Schemes:Bearer:ValidAudiences:0", "https://users.example"),
            ("Authentication:Schemes:Bearer:SigningKeys:0:Value", new string('A', 44)),
        ];
    }
}

/// <summary>A database that can't serve: the service lives and says so, and does not repair in silence what it can't know.</summary>
public abstract class WithoutAUsableDatabase(WithoutAUsableDatabase.Unusable service)
{
    [Fact]
    public async Task Everything_that_needs_it_is_503_with_Retry_After_and_the_process_lives()
    {
        (await service.GetAsync("/health/live")).Is(200);
        foreach (var path in (string[])["/health/ready", "/api/v1/users", "/api/v1/users/1", "/api/v1/deleted-users"])
            Assert.Equal("1", (await service.GetAsync(path)).IsProblem(503, "unavailable").Header("Retry-After"));
        (await service.SendAsync("POST", "/api/v1/users", """{"email":"a@b"}""")).IsProblem(503, "unavailable");
        Assert.Equal(service.Content, File.Exists(service.DatabaseFile) ? await File.ReadAllTextAsync(service.DatabaseFile, TestContext.Current.CancellationToken) : null);
    }

    /// <param name="content">What the file of the database holds; null where there is no file.</param>
    public abstract class Unusable(string? content) : Service
    {
        public string? Content => content;

        public string DatabaseFile { get; } = Path.Combine(Path.GetTempPath(), $"cleanusers-{Guid.NewGuid():N}.db");

        protected override IEnumerable<(string Key, string Value)> Settings
        {
            get
            {
                if (content is not null) File.WriteAllText(DatabaseFile, content);
                return [("Database:MigrateOnStartup", "false"), ("ConnectionStrings:CleanUsers", $"Data Source={DatabaseFile}")];
            }
        }

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            File.Delete(DatabaseFile);
            GC.SuppressFinalize(this);
        }
    }
}

public sealed class WithABrokenDatabase(WithABrokenDatabase.Broken service) : WithoutAUsableDatabase(service), IClassFixture<WithABrokenDatabase.Broken>
{
    public sealed class Broken() : Unusable(new string('x', 5000));
}

public sealed class BehindItsSchema(BehindItsSchema.Empty service) : WithoutAUsableDatabase(service), IClassFixture<BehindItsSchema.Empty>
{
    public sealed class Empty() : Unusable("");
}

/// <summary>A file that is gone must not come back as an empty one.</summary>
public sealed class WithoutADatabase(WithoutADatabase.Gone service) : WithoutAUsableDatabase(service), IClassFixture<WithoutADatabase.Gone>
{
    public sealed class Gone() : Unusable(content: null);
}
