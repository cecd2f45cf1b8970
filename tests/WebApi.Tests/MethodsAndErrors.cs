using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;

namespace CleanUsers.WebApi.Tests;

public sealed class MethodsAndErrors(Service service) : IClassFixture<Service>
{
    public static TheoryData<string, string> Routes => new()
    {
        { "/api/v1/users", "GET, HEAD, POST, OPTIONS" },
        { "/api/v1/users/1", "DELETE, GET, HEAD, PATCH, PUT, OPTIONS" },
        { "/api/v1/deleted-users", "GET, HEAD, OPTIONS" },
        { "/api/v1/deleted-users/1", "DELETE, GET, HEAD, PATCH, OPTIONS" },
        { "/health/live", "GET, HEAD, OPTIONS" },
        { "/health/ready", "GET, HEAD, OPTIONS" },
        { "/problems/email-taken", "GET, HEAD, OPTIONS" },
    };

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Unsupported_method_is_405_with_the_supported_ones(string path, string allow)
    {
        foreach (var method in (string[])["TRACE", "BREW", "PROPFIND"])
        {
            var response = (await service.SendAsync(method, path)).IsProblem(405, "method-not-allowed");
            Assert.Equal(allow, response.Header("Allow"));
        }
    }

    /// <summary>RFC 9110 section 9.1.</summary>
    [Theory]
    [InlineData("get")]
    [InlineData("Delete")]
    [InlineData("options")]
    public async Task Method_in_another_case_is_405(string method)
    {
        using var connection = new RawConnection(service.Client.BaseAddress!);
        await connection.SendAsync($"{method} /api/v1/users/1 HTTP/1.1\r\nHost: x\r\n\r\n");
        var response = (await connection.ReadAsync(method, TimeSpan.FromSeconds(20)))!.IsProblem(405, "method-not-allowed");
        Assert.Equal("DELETE, GET, HEAD, PATCH, PUT, OPTIONS", response.Header("Allow"));
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task OPTIONS_is_204_with_the_supported_methods(string path, string allow)
    {
        var response = (await service.SendAsync("OPTIONS", path)).Is(204);
        Assert.Equal(allow, response.Header("Allow"));
        Assert.Equal(
            allow.Contains("PATCH", StringComparison.Ordinal) ? "application/merge-patch+json, application/json" : null,
            response.Header("Accept-Patch"));
        Assert.Equal(allow.Contains("POST", StringComparison.Ordinal) ? "application/json" : null, response.Header("Accept-Post"));
    }

    [Theory]
    [InlineData("/api/v1/users?x=1", "x")]
    [InlineData("/api/v1/users?status=Active", "status")] // of GET, not of OPTIONS
    [InlineData("/api/v1/users/1?x=1", "x")]
    [InlineData("/api/v1/deleted-users?x=1", "x")]
    public async Task OPTIONS_with_a_query_parameter_is_400(string path, string parameter) =>
        (await service.SendAsync("OPTIONS", path)).HasErrors($"parameter {parameter} unknown-parameter");

    [Fact]
    public async Task OPTIONS_of_a_missing_resource_is_404() => (await service.SendAsync("OPTIONS", "/api/v1/nothing")).IsProblem(404, "not-found");

    /// <summary>Every route of the running service, so that a new parameter is included without a change here.</summary>
    [Fact]
    public async Task Value_that_breaks_a_route_constraint_is_404_for_every_method()
    {
        var endpoints = service.Services.GetRequiredService<EndpointDataSource>().Endpoints;
        var routes = endpoints.OfType<RouteEndpoint>().Select(endpoint => endpoint.RoutePattern).ToList();
        var tried = new HashSet<string>();
        foreach (var (route, parameter) in routes.SelectMany(route => route.ParameterPolicies.Keys.Select(parameter => (route, parameter))))
        {
            var broken = Values.Where(value => !Fits(route, parameter, value)).ToList();
            Assert.True(broken.Count > 0, $"{route.RawText}: no value breaks {parameter}");
            foreach (var path in broken.Select(value => Filled(route, parameter, value)).Where(tried.Add))
            {
                foreach (var method in (string[])["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
                {
                    var response = await service.SendAsync(method, path);
                    Assert.True(response.Status == 404, $"{method} {path} is {response.Status}");
                    Assert.Null(response.Header("Allow"));
                }
            }
        }

        string[] some = ["/api/v1/users/abc", "/api/v1/users/abc/emails", "/api/v1/users/abc/emails/1", "/api/v1/users/1/emails/abc"];
        Assert.Superset(some.ToHashSet(), tried);
    }

    private static readonly string[] Values = ["1", "v1", "abc", "0", "-1", "01", "1.5", "99999999999999999999", "%20"];

    /// <summary>The path of a route with this value, and in its other parameters values that fit.</summary>
    private string Filled(RoutePattern route, string parameter, string value)
    {
        return "/" + string.Join('/', route.PathSegments.Select(segment => string.Concat(segment.Parts.Select(Part))));

        string Part(RoutePatternPart part) => part switch
        {
            RoutePatternLiteralPart literal => literal.Content,
            RoutePatternParameterPart other when other.Name != parameter => Values.First(candidate => Fits(route, other.Name, candidate)),
            _ => value,
        };
    }

    private bool Fits(RoutePattern route, string parameter, string value)
    {
        var factory = service.Services.GetRequiredService<ParameterPolicyFactory>();
        var context = new DefaultHttpContext { RequestServices = service.Services };
        var values = new RouteValueDictionary { [parameter] = Uri.UnescapeDataString(value) };
        return !route.ParameterPolicies.TryGetValue(parameter, out var policies)
            || policies.Select(policy => factory.Create(route.GetParameter(parameter), policy))
                .OfType<IRouteConstraint>()
                .All(constraint => constraint.Match(context, null, parameter, values, RouteDirection.IncomingRequest));
    }

    [Fact]
    public async Task HEAD_has_the_headers_of_GET_and_no_body()
    {
        var id = await service.CreateAsync("head@example.org");
        foreach (var path in (string[])[$"/api/v1/users/{id}", "/api/v1/users", "/api/v1/deleted-users", "/health/live", "/problems/not-found"])
        {
            var get = (await service.GetAsync(path)).Is(200);
            var head = (await service.SendAsync("HEAD", path)).Is(200);
            Assert.Equal("", head.Body);
            Assert.Equal(
                get.Headers.Where(header => header.Key is not ("Date" or "RateLimit")).OrderBy(header => header.Key),
                head.Headers.Where(header => header.Key is not ("Date" or "RateLimit")).OrderBy(header => header.Key));
        }

        (await service.SendAsync("HEAD", "/api/v1/users/999999")).Is(404);
    }

    [Theory]
    [InlineData("text/html")]
    [InlineData("application/xml, text/*")]
    [InlineData("application/json;q=0")]
    [InlineData("*/*, application/json;q=0")]
    [InlineData("application/problem+json")]
    public async Task Accept_without_JSON_is_406_and_nothing_is_created(string accept)
    {
        var email = $"a{Guid.NewGuid():N}@example.org";
        (await service.SendAsync("POST", "/api/v1/users", $$"""{"email":"{{email}}"}""", ("Accept", accept))).IsProblem(406, "not-acceptable");
        Assert.Equal(0, (await service.GetAsync($"/api/v1/users?email={email}"))["items"].GetArrayLength());
    }

    [Theory]
    [InlineData("*/*")]
    [InlineData("application/*")]
    [InlineData("text/html, application/json;q=0.1")]
    [InlineData("text/html, */*;q=0.1")]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("text/html, image/gif, *; q=.2")]
    public async Task Any_other_Accept_is_200_with_JSON(string accept) => (await service.GetAsync("/api/v1/users", ("Accept", accept))).Is(200);

    [Fact]
    public async Task DELETE_is_204_for_every_Accept()
    {
        var id = await service.CreateAsync("accept@example.org");
        (await service.SendAsync("DELETE", $"/api/v1/users/{id}", null, ("Accept", "text/html"))).Is(204);
    }

    [Fact]
    public async Task Errors_are_problems_for_every_Accept() =>
        (await service.GetAsync("/nothing", ("Accept", "text/html"))).IsProblem(404, "not-found");

    public static TheoryData<string> ProblemCodes => [.. Http.Problems.ProblemCatalogue.Codes];

    [Theory]
    [MemberData(nameof(ProblemCodes))]
    public async Task Type_of_each_problem_is_200(string code)
    {
        var response = (await service.GetAsync($"/problems/{code}")).Is(200);
        Assert.Equal($"/problems/{code}", response["type"].GetString());
        Assert.NotEqual("", response["explanation"].GetString());
        Assert.NotEqual("", response["remedy"].GetString());
    }

    [Fact]
    public async Task Unknown_problem_type_is_404() => (await service.GetAsync("/problems/nonsense")).IsProblem(404, "not-found");

    [Fact]
    public void Every_code_of_a_use_case_has_its_problem()
    {
        var codes = typeof(Application.ErrorCodes).GetFields().Select(field => (string)field.GetRawConstantValue()!);
        Assert.Subset(Http.Problems.ProblemCatalogue.Codes.ToHashSet(), codes.ToHashSet());
    }

    [Theory]
    [InlineData("/api/v1/users/%")]
    [InlineData("/api/v1/users/%zz")]
    [InlineData("/api/v1/users/..%2f..%2fetc%2fpasswd")]
    [InlineData("/api/v1/users/%c0%ae")]
    [InlineData("/api/v1/%2e%2e/%2e%2e")]
    [InlineData("//api//v1//users")]
    [InlineData("/api/v1/users;x=1")]
    [InlineData("/api/v1/users/\u00e9")]
    [InlineData("/problems/%00")]
    [InlineData("/problems/<script>")]
    public async Task Hostile_path_is_rejected(string path)
    {
        var response = await service.SendRawAsync(Encoding.UTF8.GetBytes($"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
        Assert.Matches("^HTTP/1.1 (302|40[04])", response); // 302 if the web server has resolved the dots to /
        Assert.DoesNotContain("Exception", response, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("If-None-Match", ",,,")]
    [InlineData("Accept", ";;;")]
    [InlineData("Accept-Encoding", "zip;q=9")]
    [InlineData("Content-Type", "application/json; charset")]
    [InlineData("Range", "bytes=0-1")]
    [InlineData("X-Forwarded-For", "' OR 1=1")]
    public async Task Hostile_header_causes_no_server_error(string name, string value)
    {
        var id = await service.CreateAsync($"h{Guid.NewGuid():N}@example.org");
        var response = await service.SendAsync("PATCH", $"/api/v1/users/{id}", """{"age":1}""", (name, value));
        Assert.InRange(response.Status, 200, 499);
    }

    [Fact]
    public async Task Health_of_a_running_service_is_Healthy()
    {
        Assert.Equal("Healthy", (await service.GetAsync("/health/live")).Is(200)["status"].GetString());
        Assert.Equal("Healthy", (await service.GetAsync("/health/ready")).Is(200)["status"].GetString());
    }

    [Theory]
    [InlineData("GET", "/api/v1/users")]
    [InlineData("GET", "/api/v1/users/999999")]
    [InlineData("GET", "/api/v1/nothing")]
    [InlineData("GET", "/api/v9/users")]
    [InlineData("TRACE", "/api/v1/users")]
    [InlineData("OPTIONS", "/api/v1/users")]
    public async Task Every_API_response_lists_the_versions_that_have_routes(string method, string path)
    {
        var routes = service.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();
        var versions = routes.Select(route => route.RoutePattern.RawText!.Trim('/').Split('/')).Where(parts => parts[0] == "api")
            .Select(parts => $"{parts[1][1..]}.0").Distinct().Order();
        Assert.Equal(string.Join(", ", versions), (await service.SendAsync(method, path)).Header("api-supported-versions"));
    }

    [Fact]
    public async Task No_response_has_a_Server_header() => Assert.Null((await service.GetAsync("/api/v1/users")).Header("Server"));
}
