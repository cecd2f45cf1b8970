using CleanUsers.Domain.Emails;

namespace CleanUsers.Domain.Tests;

public sealed class EmailTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void New_email_is_queued_and_can_be_leased_at_once()
    {
        var email = New();
        Assert.Equal((EmailStatus.Queued, 0, 1L, Now), (email.Status, email.Attempts, email.Version, email.DueAt));
        Assert.True(email.TryLease(Now, Now.AddMinutes(2)));
        Assert.Equal((EmailStatus.Queued, 1, 2L), (email.Status, email.Attempts, email.Version));
    }

    [Fact]
    public void Leased_email_can_not_be_leased_again_until_the_lease_expires()
    {
        var email = New();
        email.TryLease(Now, Now.AddMinutes(2));
        Assert.False(email.TryLease(Now.AddMinutes(1), Now.AddMinutes(3)));
        Assert.Equal(1, email.Attempts);
        Assert.True(email.TryLease(Now.AddMinutes(2), Now.AddMinutes(4)));
        Assert.Equal(2, email.Attempts);
    }

    [Fact]
    public void Delivered_email_is_not_due_and_has_no_error()
    {
        var email = New();
        email.TryLease(Now, Now.AddMinutes(2));
        email.Postpone(Now, "Busy.");
        email.TryLease(Now.AddHours(1), Now.AddHours(2));
        email.Deliver(Now.AddHours(1));
        Assert.Equal((EmailStatus.Sent, Now.AddHours(1), null, null), (email.Status, email.SentAt, email.LastError, email.DueAt));
        Assert.False(email.TryLease(Now.AddYears(1), Now.AddYears(2)));
    }

    [Fact]
    public void Delays_between_retries_grow_and_the_email_fails_after_the_last_attempt()
    {
        var email = New();
        var (time, pauses) = (Now, new List<double>());
        while (email.TryLease(time, time.AddMinutes(2)))
        {
            email.Postpone(time, "Busy.");
            if (email.DueAt is not { } due) break;
            pauses.Add((due - time).TotalSeconds);
            time = due;
        }

        Assert.Equal([30, 120, 480, 1920, 7680, 14400, 14400], pauses);
        Assert.Equal((EmailStatus.Failed, Email.MaxAttempts, "Busy."), (email.Status, email.Attempts, email.LastError));
    }

    [Fact]
    public void Rejected_email_fails_at_once_with_a_shortened_reason()
    {
        var email = New();
        email.TryLease(Now, Now.AddMinutes(2));
        email.Fail(new string('x', 1000));
        Assert.Equal((EmailStatus.Failed, 1, Email.ErrorMaxLength), (email.Status, email.Attempts, email.LastError!.Length));
        Assert.Null(email.DueAt);
    }

    [Fact]
    public void Reason_is_stored_as_plain_text_cut_between_code_points()
    {
        var email = New();
        email.TryLease(Now, Now.AddMinutes(2));
        email.Postpone(Now, $"\0\u202E{new string('x', Email.ErrorMaxLength - 3)}\U0001F600");
        Assert.Equal($" \uFFFD{new string('x', Email.ErrorMaxLength - 3)}", email.LastError);
    }

    private static Email New() => Email.Create(7, "Subject", "Text", Now, "eve");
}
