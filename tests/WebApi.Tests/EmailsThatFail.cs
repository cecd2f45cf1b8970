using System.Text.Json;
using System.Text.RegularExpressions;
using CleanUsers.Application.Ports;
using CleanUsers.TestSupport;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CleanUsers.WebApi.Tests;

/// <summary>An email that can't be delivered: those who operate the service learn of it from the log and a metric, and why.</summary>
public sealed class EmailsThatFail
{
    [Theory]
    [InlineData("Email:PickupFolder=/dev/null/outbox", "The pickup folder can't be written. ")]
    [InlineData(
        "Email:Delivery=Smtp Email:Smtp:Host=127.0.0.1 Email:Smtp:Port=1",
        "The mail server can't be reached, or ended the connection. Connection refused")]
    public async Task An_attempt_that_fails_is_a_warning_with_its_reason_and_is_counted(string settings, string reason)
    {
        LongTest.SkipUnlessDemanded();
        using var service = await RunningService.StartAsync(settings.Split(' '));
        await UntilFailuresAreAsync(service, 0);
        (await service.SendAsync("POST", "/api/v1/users", """{"email":"ada@example.org","name":"Lovelace"}""")).Is(201);
        (await service.SendAsync("POST", "/api/v1/users/1/emails", """{"subject":"Confidential","text":"Private"}""")).Is(201);

        var line = await WarningAsync(service);
        var message = line.GetProperty("message").GetString();
        Assert.StartsWith($"Email 1 could not be delivered and will be tried again: {reason}", message, StringComparison.Ordinal);
        Assert.Equal("CleanUsers.WebApi.Hosting.EmailDelivery", line.GetProperty("category").GetString());
        await UntilFailuresAreAsync(service, 1);
        foreach (var personal in (string[])["ada@", "Lovelace", "Confidential", "Private"])
            Assert.DoesNotContain(service.Lines, text => text.Contains(personal, StringComparison.Ordinal));
    }

    private static async Task<JsonElement> WarningAsync(RunningService service)
    {
        for (var i = 0; i < 600; i++, await Task.Delay(50, TestContext.Current.CancellationToken))
        {
            var warnings = service.Lines.Select(text => JsonElement.Parse(text)).Where(line => line.GetProperty("level").GetString() == "Warning");
            var found = warnings.FirstOrDefault(line => line.GetProperty("message").GetString()!.StartsWith("Email", StringComparison.Ordinal));
            if (found.ValueKind == JsonValueKind.Object) return found;
        }

        throw new Xunit.Sdk.XunitException("No warning:\n" + string.Join('\n', service.Lines));
    }

    /// <summary>The queue is looked at every two seconds, and a scrape is the same for 300 ms.</summary>
    private static async Task UntilFailuresAreAsync(RunningService service, int failures)
    {
        var metrics = "";
        for (var i = 0; i < 300; i++, await Task.Delay(100, TestContext.Current.CancellationToken))
        {
            metrics = (await service.SendAsync("GET", "/metrics")).Is(200).Body;
            var series = $"(?m)^cleanusers_emails_failures_total{{.*}} {failures}$";
            if (Regex.IsMatch(metrics, series, RegexOptions.None, TimeSpan.FromSeconds(30))) return;
        }

        Assert.Fail($"There are not {failures} failures in the metrics:\n{metrics}");
    }
}

/// <summary>A mail server rejects an email, and its reply repeats the address.</summary>
public sealed class RejectedEmails(RejectedEmails.Rejecting service) : IClassFixture<RejectedEmails.Rejecting>
{
    [Fact]
    public async Task A_rejected_email_is_a_warning_without_the_text_of_the_mail_server()
    {
        var id = await service.CreateAsync("turned-away@example.org");
        var email = (await service.SendAsync("POST", $"/api/v1/users/{id}/emails", """{"subject":"Hello","text":"You."}""")).Is(201);
        var line = await service.Signals.LineAsync(text => text.GetProperty("category").GetString() == "CleanUsers.WebApi.Hosting.EmailDelivery");
        Assert.Equal(
            ("Warning", $"Email {email["id"]} could not be delivered and will not be tried again: The mail server replied: 550"),
            (line.GetProperty("level").GetString(), line.GetProperty("message").GetString()));
        // and the fixture fails if an address is in the log
        Assert.Equal(
            "The mail server replied: 550 <turned-away@example.org> is unknown",
            (await service.GetAsync(email.Header("Location")!)).Is(200)["lastError"].GetString());
    }

    public sealed class Rejecting : Service
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            base.ConfigureWebHost(builder);
            builder.ConfigureServices(services => services.Replace(ServiceDescriptor.Singleton<IEmailSender, RejectingSender>()));
        }
    }

    private sealed class RejectingSender : IEmailSender
    {
        public Task<Delivery> SendAsync(OutgoingEmail email, CancellationToken ct) => Task.FromResult(
            new Delivery(DeliveryOutcome.Rejected, $"The mail server replied: 550 <{email.To}> is unknown")
            {
                ReasonForLog = "The mail server replied: 550",
            });
    }
}
