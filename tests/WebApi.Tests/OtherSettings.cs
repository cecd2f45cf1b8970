namespace CleanUsers.WebApi.Tests;

public sealed class RequiringIfMatch(RequiringIfMatch.Strict service) : IClassFixture<RequiringIfMatch.Strict>
{
    [Fact]
    public async Task Change_without_If_Match_is_428()
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
    public async Task Request_without_a_valid_token_is_401(string method, string path)
    {
        var response = (await service.SendAsync(method, path, method == "POST" ? "{}" : null)).IsProblem(401, "unauthenticated");
        Assert.StartsWith("Bearer", response.Header("WWW-Authenticate"), StringComparison.Ordinal);
        var forged = ("Authorization", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJldmUifQ.");
        (await service.SendAsync(method, path, method == "POST" ? "{}" : null, forged)).IsProblem(401, "unauthenticated");
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    [InlineData("/problems/unauthenticated")]
    public async Task Public_resource_is_200_without_a_token(string path) => (await service.GetAsync(path)).Is(200);

    [Fact]
    public async Task Method_in_another_case_of_a_public_resource_is_405_without_a_token()
    {
        using var connection = new RawConnection(service.Client.BaseAddress!);
        await connection.SendAsync("get /health/live HTTP/1.1\r\nHost: x\r\n\r\n");
        (await connection.ReadAsync("get", TimeSpan.FromSeconds(20)))!.IsProblem(405, "method-not-allowed");
    }

    public sealed class Closed : Service
    {
        protected override IEnumerable<(string Key, string Value)> Settings =>
        [
            ("Authentication:AllowAnonymous", "false"),
            ("Authentication:Schemes:Bearer:ValidIssuer", "https://issuer.example"),
            ("Authentication:Schemes:Bearer:ValidAudiences:0", "https://users.example"),
            ("Authentication:Schemes:Bearer:SigningKeys:0:Issuer", "https://issuer.example"),
            ("Authentication:Schemes:Bearer:SigningKeys:0:Value", new string('A', 44)),
        ];
    }
}

/// <summary>A database that can't be used: the service stays up, responds with 503 and does not repair the file silently.</summary>
public abstract class UnusableDatabase(UnusableDatabase.Unusable service)
{
    [Fact]
    public async Task Requests_that_need_the_database_are_503_with_Retry_After()
    {
        (await service.GetAsync("/health/live")).Is(200);
        foreach (var path in (string[])["/health/ready", "/api/v1/users", "/api/v1/users/1", "/api/v1/deleted-users"])
            Assert.Equal("1", (await service.GetAsync(path)).IsProblem(503, "unavailable").Header("Retry-After"));
        (await service.SendAsync("POST", "/api/v1/users", """{"email":"a@b"}""")).IsProblem(503, "unavailable");
        Assert.Equal(
            service.Content,
            File.Exists(service.DatabaseFile) ? await File.ReadAllTextAsync(service.DatabaseFile, TestContext.Current.CancellationToken) : null);
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

public sealed class BrokenDatabaseFile(BrokenDatabaseFile.Broken service) : UnusableDatabase(service), IClassFixture<BrokenDatabaseFile.Broken>
{
    public sealed class Broken() : Unusable(new string('x', 5000));
}

public sealed class MissingSchema(MissingSchema.Empty service) : UnusableDatabase(service), IClassFixture<MissingSchema.Empty>
{
    public sealed class Empty() : Unusable("");
}

/// <summary>A missing file must not be created as an empty one.</summary>
public sealed class MissingDatabaseFile(MissingDatabaseFile.Gone service) : UnusableDatabase(service), IClassFixture<MissingDatabaseFile.Gone>
{
    public sealed class Gone() : Unusable(content: null);
}
