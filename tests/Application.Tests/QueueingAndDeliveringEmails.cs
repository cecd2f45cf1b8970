using Ardalis.Result;
using CleanUsers.Application.Emails;
using CleanUsers.Application.Ports;
using CleanUsers.Domain.Emails;
using CleanUsers.Domain.Users;
using NSubstitute;

namespace CleanUsers.Application.Tests;

public sealed class QueueingAndDeliveringEmails : UseCases
{
    [Fact]
    public async Task Queueing_saves_the_email_and_returns_its_status()
    {
        Reader.GetAsync(7, Ct).Returns(Ada());
        var result = await Get<QueueEmail>().ExecuteAsync(Input.Message(7, "Hello", "Two\nlines"), Ct);
        Assert.Equal(ResultStatus.Created, result.Status);
        Assert.Equal(
            ("Hello", "Two\nlines", EmailStatus.Queued, Now), (result.Value.Subject, result.Value.Text, result.Value.Status, result.Value.CreatedAt));
        await Emails.Received().TryAddAsync(Arg.Is<Email>(email => email!.UserId == 7 && email.CreatedBy == "eve" && email.DueAt == Now), Ct);
    }

    [Theory]
    [InlineData("Two\r\nlines")]
    [InlineData("Two\tcolumns")]
    public async Task Text_may_have_line_breaks_and_tabs(string text)
    {
        Reader.GetAsync(7, Ct).Returns(Ada());
        Assert.Equal(text, (await Get<QueueEmail>().ExecuteAsync(Input.Message(7, "Hello", text), Ct)).Value.Text);
    }

    [Theory]
    [InlineData(null, null, "Subject required", "Text required")]
    [InlineData("", " \n", "Subject too-short", "Text too-short")]
    [InlineData("a\r\nBcc: eve@example.org", "t", "Subject invalid-character")]
    [InlineData("a\u2028b", "t", "Subject invalid-character")]
    [InlineData("s", "a\u0000b", "Text invalid-character")]
    public async Task Invalid_subject_or_text_is_rejected(string? subject, string? text, params string[] errors)
    {
        var result = await Get<QueueEmail>().ExecuteAsync(Input.Message(7, subject, text), Ct);
        Assert.Equal(errors, result.ValidationErrors.Select(error => $"{error.Identifier} {error.ErrorCode}"));
        await Emails.DidNotReceiveWithAnyArgs().TryAddAsync(default!, default);
    }

    [Fact]
    public async Task Half_a_surrogate_pair_in_subject_or_text_is_rejected()
    {
        var result = await Get<QueueEmail>().ExecuteAsync(Input.Message(7, "\uD800", "\uDC00"), Ct);
        Assert.Equal(["Subject invalid-text", "Text invalid-text"], result.ValidationErrors.Select(error => $"{error.Identifier} {error.ErrorCode}"));
    }

    [Fact]
    public async Task Lengths_are_counted_in_code_points()
    {
        Reader.GetAsync(7, Ct).Returns(Ada());
        var (subject, text) = (string.Concat(Enumerable.Repeat("🚀", 200)), string.Concat(Enumerable.Repeat("🚀", 20_000)));
        Assert.True((await Get<QueueEmail>().ExecuteAsync(Input.Message(7, subject, text), Ct)).IsSuccess);
        var result = await Get<QueueEmail>().ExecuteAsync(Input.Message(7, subject + "x", text + "x"), Ct);
        Assert.Equal(["Subject too-long", "Text too-long"], result.ValidationErrors.Select(error => $"{error.Identifier} {error.ErrorCode}"));
    }

    [Fact]
    public async Task Emails_of_a_missing_user_are_not_found()
    {
        foreach (var outcome in (IResult[])
        [
            await Get<QueueEmail>().ExecuteAsync(Input.Message(8, "s", "t"), Ct),
            await Get<GetEmail>().ExecuteAsync(new(8, 1), Ct),
            await Get<ListEmails>().ExecuteAsync(new(8, 50), Ct),
        ])
        {
            Assert.Equal(ErrorCodes.UserNotFound, Failure.Of(outcome).Code);
        }
    }

    [Fact]
    public async Task Queueing_for_a_user_purged_meanwhile_fails_with_user_not_found()
    {
        Reader.GetAsync(7, Ct).Returns(Ada());
        Emails.TryAddAsync(default!, default).ReturnsForAnyArgs(false);
        Assert.Equal(ErrorCodes.UserNotFound, Failure.Of(await Get<QueueEmail>().ExecuteAsync(Input.Message(7, "s", "t"), Ct)).Code);
    }

    [Fact]
    public async Task Pages_follow_each_other_by_a_cursor_of_the_same_user()
    {
        Reader.GetAsync(default, default).ReturnsForAnyArgs(Ada());
        Emails.ListAsync(7, null, 3, Ct).Returns([New(3), New(2), New(1)]);
        var first = (await Get<ListEmails>().ExecuteAsync(new(7, PageSize: 2), Ct)).Value;
        Assert.Equal(2, first.Items.Count);
        Emails.ListAsync(7, 2, 3, Ct).Returns([New(1)]);
        var second = (await Get<ListEmails>().ExecuteAsync(new(7, 2, Cursor.Parse(first.NextCursor)), Ct)).Value;
        Assert.Null(second.NextCursor);
        Assert.Single(second.Items);
        foreach (var query in (ListEmailsQuery[])[
            new(8, 2, Cursor.Parse(first.NextCursor)), new(7, 2, Cursor.Parse("x")), new(7, 2, Cursor.Parse(""))])
            Assert.Equal("invalid-cursor", Assert.Single((await Get<ListEmails>().ExecuteAsync(query, Ct)).ValidationErrors).ErrorCode);
        Assert.Equal(
            "out-of-range",
            Assert.Single((await Get<ListEmails>().ExecuteAsync(new(7, PageSizes.Parse(201)), Ct)).ValidationErrors).ErrorCode);
    }

    [Theory]
    [InlineData(DeliveryOutcome.Delivered, EmailStatus.Sent, null)]
    [InlineData(DeliveryOutcome.NotNow, EmailStatus.Queued, "Why.")]
    [InlineData(DeliveryOutcome.Rejected, EmailStatus.Failed, "Why.")]
    public async Task Outcome_of_a_delivery_is_stored(DeliveryOutcome outcome, EmailStatus status, string? error)
    {
        var email = Waiting(Ada());
        Sender.SendAsync(default!, default).ReturnsForAnyArgs(new Delivery(outcome, error ?? ""));
        Assert.True(await DeliverAsync());
        Assert.Equal((status, error, 1, 3L), (email.Status, email.LastError, email.Attempts, email.Version));
        await Sender.Received().SendAsync(
            Arg.Is<OutgoingEmail>(sent => sent.To == "ada@example.org" && sent.ToName == "Ada" && sent.Subject == "Subject"),
            Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task Email_leased_by_another_worker_is_not_sent()
    {
        Waiting(Ada());
        Emails.TryUpdateAsync(default).ReturnsForAnyArgs(false);
        Assert.False(await DeliverAsync());
        await Sender.DidNotReceiveWithAnyArgs().SendAsync(default!, default);
    }

    [Fact]
    public async Task Email_to_a_deleted_user_fails_without_being_sent()
    {
        var email = Waiting(DeletedAda());
        await DeliverAsync();
        Assert.Equal((EmailStatus.Failed, Email.UserDeleted), (email.Status, email.LastError));
        await Sender.DidNotReceiveWithAnyArgs().SendAsync(default!, default);
    }

    [Fact]
    public async Task Delivery_to_a_server_that_hangs_ends_before_the_lease_does()
    {
        var email = Waiting(Ada());
        Sender.SendAsync(default!, default).ReturnsForAnyArgs(async call =>
        {
            await Task.Delay(Timeout.Infinite, call.Arg<CancellationToken>());
            return Delivery.Delivered;
        });
        var delivering = DeliverAsync();
        while (!delivering.IsCompleted)
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1, Ct);
        }

        await delivering;
        Assert.Equal("The mail server did not respond in time.", email.LastError);
        Assert.True(Clock.GetUtcNow() - Now < DeliverEmail.Lease);
    }

    private static Email New(long id = 0) => WithId(Email.Create(7, "Subject", "Text", Now, "eve"), id);

    private async Task<bool> DeliverAsync() =>
        null != await Get<DeliverEmail>().ExecuteAsync(Assert.Single((await Get<FindDueEmails>().ExecuteAsync(Ct)).Ids), Ct);

    private Email Waiting(User user)
    {
        var email = New();
        Emails.GetDueAsync(Clock.GetUtcNow(), Arg.Any<int>(), Arg.Any<CancellationToken>()).Returns([1L]);
        Emails.FindToDeliverAsync(1, Arg.Any<CancellationToken>()).Returns((email, user));
        return email;
    }
}
