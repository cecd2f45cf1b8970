using Microsoft.AspNetCore.Hosting;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace CleanUsers.WebApi.Tests;

public sealed class ExpiringKeys(ExpiringKeys.AtAnyTime service) : IClassFixture<ExpiringKeys.AtAnyTime>
{
    [Fact]
    public async Task Expired_response_is_deleted_in_the_background_and_a_recent_one_is_kept()
    {
        await PostAsync("old");
        service.Clock.Advance(TimeSpan.FromHours(12));
        await PostAsync("young");
        Assert.Equal(2, await RecordsAsync());

        service.Clock.Advance(TimeSpan.FromHours(12) + TimeSpan.FromMinutes(10));
        for (var i = 0; i < 600 && await RecordsAsync() == 2; i++) await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.Equal(1, await RecordsAsync());
    }

    private async Task PostAsync(string name) =>
        (await service.SendAsync("POST", "/api/v1/users", $$"""{"email":"{{name}}@example.org"}""", ("Idempotency-Key", name))).Is(201);

    private async Task<long> RecordsAsync()
    {
        await using var connection = new SqliteConnection(service.Services.GetRequiredService<IConfiguration>().GetConnectionString("CleanUsers"));
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM IdempotencyRecords";
        return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    public sealed class AtAnyTime : Service
    {
        public FakeTimeProvider Clock { get; } = new(DateTimeOffset.UnixEpoch.AddYears(56));

        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            base.ConfigureWebHost(builder);
            RemoveFrequentServices(builder);
            builder.ConfigureServices(services => services.AddSingleton<TimeProvider>(Clock));
        }
    }
}
