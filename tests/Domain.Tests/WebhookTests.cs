using CleanUsers.Domain.Users;
using CleanUsers.Domain.Webhooks;

namespace CleanUsers.Domain.Tests;

public sealed class WebhookTests
{
    private const string Old = "whsec_b2xk";
    private const string New = "whsec_bmV3";

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly WebhookDetails Details = new("https://example.org/", Kinds: null, Description: null, WebhookStatus.Active);

    [Fact]
    public void New_webhook_is_due_at_the_end_of_the_feed()
    {
        var webhook = Create();
        Assert.Equal(
            (WebhookStatus.Active, 7L, Start, Start, 1L, 1L),
            (webhook.Status, webhook.Position, webhook.DueAt, webhook.CaughtUpAt, webhook.Version, webhook.Revision));
        Assert.Equal([Old], webhook.SecretsAt(Start));
    }

    [Fact]
    public void Webhook_is_leased_once_until_the_lease_expires_or_is_given_up()
    {
        var webhook = Create();
        Assert.True(webhook.TryLease(Start, Start.AddMinutes(3)));
        Assert.False(webhook.TryLease(Start.AddMinutes(2), Start.AddMinutes(5)));
        Assert.True(webhook.TryLease(Start.AddMinutes(3), Start.AddMinutes(6)));
        webhook.Release();
        Assert.True(webhook.TryLease(Start.AddMinutes(3), Start.AddMinutes(6)));
        Assert.Equal((1, 5), (webhook.Version, webhook.Revision)); // a client sees nothing of it
    }

    [Fact]
    public void Webhook_that_did_not_fail_does_not_wait_for_a_clock_that_was_ahead()
    {
        var webhook = Create();
        webhook.Advance(8, delivered: true, isEnd: true, Start.AddYears(20));
        Assert.True(webhook.TryLease(Start, Start.AddMinutes(3)));
    }

    [Fact]
    public void Pauses_between_failed_attempts_grow_up_to_ten_hours()
    {
        var webhook = Create();
        var now = Start;
        var pauses = new List<TimeSpan>();
        for (var i = 0; i < 9; i++)
        {
            webhook.Fail("busy", retryAfter: null, now, "service");
            pauses.Add(webhook.DueAt - now);
            Assert.False(webhook.TryLease(webhook.DueAt.AddMilliseconds(-1), now.AddYears(1)));
            now = webhook.DueAt;
        }

        Assert.Equal(
            ["00:00:05", "00:00:30", "00:05:00", "00:30:00", "02:00:00", "05:00:00", "10:00:00", "10:00:00", "10:00:00"],
            pauses.Select(pause => $"{pause}"));
        Assert.Equal((9, Start, "busy"), (webhook.FailedAttempts, webhook.FailingSince, webhook.LastError));
    }

    [Fact]
    public void Webhook_is_disabled_after_three_days_of_failures_and_not_before()
    {
        var webhook = Create();
        for (var now = Start; webhook.Status == WebhookStatus.Active; now = webhook.DueAt)
        {
            Assert.True(now <= Start.AddDays(3), $"{now}");
            webhook.Fail("The receiver responded with status code 500.", retryAfter: null, now, "service");
        }

        Assert.Equal((Start.AddDays(3), "service", 2L), (webhook.UpdatedAt, webhook.UpdatedBy, webhook.Version));
        Assert.Equal(
            "All attempts failed for three days, the last one because: The receiver responded with status code 500.", webhook.DisabledReason);
        Assert.False(webhook.TryLease(Start.AddYears(1), Start.AddYears(2)));
    }

    [Fact]
    public void Receiver_that_fails_for_an_hour_and_returns_begins_again()
    {
        var webhook = Create();
        while (webhook.DueAt < Start.AddHours(1)) webhook.Fail("busy", retryAfter: null, webhook.DueAt, "service");
        webhook.Advance(8, delivered: true, isEnd: false, webhook.DueAt);
        Assert.Equal((8, 0, null, null), (webhook.Position, webhook.FailedAttempts, webhook.FailingSince, webhook.LastError));
        webhook.Fail("busy", retryAfter: null, Start.AddDays(4), "service");
        Assert.Equal((WebhookStatus.Active, Start.AddDays(4).AddSeconds(5)), (webhook.Status, webhook.DueAt));
    }

    [Fact]
    public void Webhook_has_caught_up_only_at_the_end_of_the_feed()
    {
        var webhook = Create();
        webhook.Advance(8, delivered: true, isEnd: false, Start.AddMinutes(1));
        Assert.Equal(Start, webhook.CaughtUpAt);
        webhook.Advance(9, delivered: true, isEnd: true, Start.AddMinutes(2));
        Assert.Equal(Start.AddMinutes(2), webhook.CaughtUpAt);
    }

    [Theory]
    [InlineData(null, 5)]
    [InlineData(-60, 5)]
    [InlineData(1, 5)] // the receiver may demand more time, not less
    [InlineData(120, 120)]
    [InlineData(10_000_000, 36_000)]
    public void Retry_After_makes_a_pause_longer_up_to_ten_hours(int? retryAfter, int pause)
    {
        var webhook = Create();
        webhook.Fail("busy", retryAfter is { } seconds ? TimeSpan.FromSeconds(seconds) : null, Start, "service");
        Assert.Equal(pause, (webhook.DueAt - Start).TotalSeconds);
    }

    [Fact]
    public void Active_again_it_goes_on_where_it_stopped_at_once()
    {
        var webhook = Create();
        webhook.Fail("gone", retryAfter: null, Start, "service");
        webhook.Disable("gone", Start, "service");
        Assert.True(webhook.Replace(Details, Start.AddDays(9), "eve"));
        Assert.Equal(
            (WebhookStatus.Active, null, 7L, Start.AddDays(9), 0, "eve", 3L),
            (webhook.Status, webhook.DisabledReason, webhook.Position, webhook.DueAt, webhook.FailedAttempts, webhook.UpdatedBy, webhook.Version));
    }

    [Fact]
    public void Another_URL_is_tried_at_once_and_another_description_is_not()
    {
        var webhook = Create();
        webhook.Fail("busy", retryAfter: null, Start, "service");
        Assert.True(webhook.Replace(Details with { Description = "Billing" }, Start, "eve"));
        Assert.Equal(Start.AddSeconds(5), webhook.DueAt);
        Assert.True(webhook.Replace(Details with { Url = "https://example.com/" }, Start, "eve"));
        Assert.Equal(Start, webhook.DueAt);
    }

    [Fact]
    public void Same_details_change_nothing()
    {
        var webhook = Create(Details with { Kinds = [UserChangeKind.Created] });
        Assert.False(webhook.Replace(Details with { Kinds = [UserChangeKind.Created] }, Start, "eve"));
        Assert.True(webhook.Replace(Details with { Kinds = [UserChangeKind.Created, UserChangeKind.Purged] }, Start, "eve"));
        Assert.True(webhook.Replace(Details, Start, "eve"));
        Assert.Equal(3, webhook.Version);
    }

    [Fact]
    public void Both_secrets_sign_for_24_hours_after_a_rotation()
    {
        var webhook = Create();
        webhook.Rotate(New, Start, "eve");
        Assert.Equal([New, Old], webhook.SecretsAt(Start.AddHours(24).AddMilliseconds(-1)));
        Assert.Equal([New], webhook.SecretsAt(Start.AddHours(24)));
        webhook.Rotate("whsec_", Start.AddHours(1), "eve");
        Assert.Equal(["whsec_", New], webhook.SecretsAt(Start.AddHours(2)));
        Assert.Equal(3, webhook.Version);
    }

    [Fact]
    public void Only_the_kinds_of_the_webhook_are_sent()
    {
        Assert.All(Enum.GetValues<UserChangeKind>(), kind => Assert.True(Create().Wants(kind)));
        var webhook = Create(Details with { Kinds = [UserChangeKind.Purged] });
        Assert.Equal([UserChangeKind.Purged], Enum.GetValues<UserChangeKind>().Where(webhook.Wants));
    }

    [Fact]
    public void Moved_webhook_forgets_its_failures()
    {
        var webhook = Create();
        webhook.Fail("busy", retryAfter: null, Start, "service");
        webhook.MoveTo(3, Start.AddSeconds(1));
        Assert.Equal(
            (3, 1, 0, Start.AddSeconds(1), Start.AddSeconds(1), 1),
            (webhook.Position, webhook.Moves, webhook.FailedAttempts, webhook.DueAt, webhook.CaughtUpAt, webhook.Version));
    }

    private static Webhook Create(WebhookDetails? details = null) => Webhook.Create(details ?? Details, Old, end: 7, Start, "eve");
}
