using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace CleanUsers.WebApi.Tests.V2;

public sealed class SecondApiVersion(SecondApiVersion.WithTwo service) : IClassFixture<SecondApiVersion.WithTwo>
{
    [Fact]
    public async Task Second_version_is_served_next_to_the_first()
    {
        var id = await service.CreateAsync("both@example.org");
        Assert.Equal("""{"users":[]}""", (await service.GetAsync("/api/v2/users")).Is(200).Body);
        Assert.Equal(id, (await service.GetAsync("/api/v1/users?email=both@example.org")).Is(200)["items"][0].GetProperty("id").GetInt64());
        Assert.Equal(
            $"/api/v1/users/{id}",
            (await service.SendAsync("POST", "/api/v1/users", """{"email":"b2@example.org"}""")).Is(201)
                .Header("Location")!.Replace($"{id + 1}", $"{id}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Both_versions_list_the_supported_versions()
    {
        foreach (var path in (string[])["/api/v1/users", "/api/v2/users", "/api/v3/users"])
            Assert.Equal("1.0, 2.0", (await service.GetAsync(path)).Header("api-supported-versions"));
    }

    [Fact]
    public async Task Route_missing_in_the_second_version_is_404()
    {
        var id = await service.CreateAsync("only1@example.org");
        (await service.GetAsync($"/api/v2/users/{id}")).IsProblem(404, "not-found");
        (await service.GetAsync("/api/v3/users")).IsProblem(404, "not-found");
    }

    public sealed class WithTwo : Service
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            base.ConfigureWebHost(builder);
            builder.ConfigureServices(services => services.AddControllers().AddApplicationPart(typeof(UsersController).Assembly));
        }
    }
}
