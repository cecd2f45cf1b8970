using CleanUsers.Application.Emails;
using CleanUsers.Application.Ports;
using CleanUsers.Domain.Emails;
using CleanUsers.Domain.Users;
using NSubstitute;

namespace CleanUsers.Application.Tests;

/// <summary>What the worker that delivers emails learns of an attempt, so that it can report it.</summary>
public sealed class AttemptsToDeliver : UseCases
{
    [Theory]
    [InlineData(DeliveryOutcome.Delivered, 1, EmailStatus.Sent)]
    [InlineData(DeliveryOutcome.NotNow, 1, EmailStatus.Queued)]
    [InlineData(DeliveryOutcome.NotNow, Email.MaxAttempts, EmailStatus.Failed)]
    [InlineData(DeliveryOutcome.Rejected, 1, EmailStatus.Failed)]
    public async Task An_attempt_has_the_delivery_and_what_the_email_is_now(DeliveryOutcome outcome, int attempts, EmailStatus status)
    {
        var delivery = new Delivery(outcome, "The mail server replied: 550 ada") { ReasonForLog = "The mail server replied: 550" };
        Sender.SendAsync(default!, default).ReturnsForAnyArgs(delivery);
        var email = Waiting(Ada());
        DeliveryAttempt? attempt = null;
        for (var i = 0; i < attempts; i++)
        {
            Clock.Advance(TimeSpan.FromDays(1));
            attempt = await Get<DeliverEmail>().ExecuteAsync(1, Ct);
        }

        Assert.Equal(new DeliveryAttempt(delivery, status), attempt);
        Assert.Equal(attempts, email.Attempts);
    }

    [Fact]
    public async Task An_email_to_a_deleted_user_fails()
    {
        Waiting(DeletedAda());
        Assert.Equal(
            new DeliveryAttempt(new(DeliveryOutcome.Rejected, Email.UserDeleted), EmailStatus.Failed), await Get<DeliverEmail>().ExecuteAsync(1, Ct));
    }

    [Fact]
    public async Task There_is_no_attempt_if_another_worker_has_the_lease()
    {
        Waiting(Ada());
        Emails.TryUpdateAsync(default).ReturnsForAnyArgs(false);
        Assert.Null(await Get<DeliverEmail>().ExecuteAsync(1, Ct));
    }

    private Email Waiting(User user)
    {
        var email = Email.Create(7, "Subject", "Text", Now, "eve");
        Emails.FindToDeliverAsync(1, Arg.Any<CancellationToken>()).Returns((email, user));
        return email;
    }
}
