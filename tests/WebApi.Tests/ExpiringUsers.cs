using CleanUsers.TestSupport;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace CleanUsers.WebApi.Tests;

/// <summary>With a retention time: users in the recycle bin show when they will be erased, and are erased then.</summary>
public sealed class ExpiringUsers(ExpiringUsers.WithRetention service) : IClassFixture<ExpiringUsers.WithRetention>
{
    [Fact]
    public async Task Deleted_user_is_erased_when_its_retention_time_is_over()
    {
        LongTest.SkipUnlessDemanded();
        var id = await service.CreateDeletedAsync("expiring@example.org");
        var deleted = (await service.GetAsync($"/api/v1/deleted-users/{id}")).Is(200);
        Assert.Equal(deleted["deletedAt"].GetDateTimeOffset().AddDays(30), deleted["purgeAt"].GetDateTimeOffset());
        Assert.Equal(
            deleted["purgeAt"].GetString(), (await service.GetAsync("/api/v1/deleted-users"))["items"][0].GetProperty("purgeAt").GetString());

        service.Clock.Advance(TimeSpan.FromDays(1));
        var later = await service.CreateDeletedAsync("later@example.org");
        service.Clock.Advance(TimeSpan.FromDays(29));
        var response = deleted;
        for (var i = 0; i < 600 && response.Status == 200; i++)
        {
            service.Clock.Advance(TimeSpan.FromMinutes(10));
            await Task.Delay(50, TestContext.Current.CancellationToken);
            response = await service.GetAsync($"/api/v1/deleted-users/{id}");
        }

        response.IsProblem(404, "user-not-found");
        (await service.GetAsync($"/api/v1/deleted-users/{later}")).Is(200); // deleted a day later, so the same cleanup leaves it
    }

    public sealed class WithRetention : Service
    {
        public FakeTimeProvider Clock { get; } = new(DateTimeOffset.UnixEpoch.AddYears(56));

        protected override IEnumerable<(string Key, string Value)> Settings => [("Retention:DeletedUsersDays", "30")];

        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            base.ConfigureWebHost(builder);
            RemoveFrequentServices(builder);
            builder.ConfigureServices(services => services.AddSingleton<TimeProvider>(Clock));
        }
    }
}
