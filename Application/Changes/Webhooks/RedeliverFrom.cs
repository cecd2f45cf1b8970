using Ardalis.Result;
using CleanUsers.Application.Ports;
using CleanUsers.Application.Users;
using FluentValidation;

namespace CleanUsers.Application.Changes.Webhooks;

public sealed record RedeliverFromCommand(long Id, Parsed<FeedCursor> Cursor)
{
    public static Parsed<FeedCursor> ParseCursor(string? text) =>
        text is null ? Parsed.Rejected<FeedCursor>("required", "Cursor is required.") : FeedCursor.Parse(text);
}

internal sealed class RedeliverFromValidator : AbstractValidator<RedeliverFromCommand>
{
    public RedeliverFromValidator() => RuleFor(command => command.Cursor).IsAccepted();
}

/// <summary>Lets a webhook go back, or forward, to a place in the feed: what follows is sent, once more where it was sent before.</summary>
public sealed class RedeliverFrom(
    IValidator<RedeliverFromCommand> validator, IWebhookRepository webhooks, IChangeFeed feed, WebhookSignal signal, TimeProvider clock)
{
    /// <returns>Nothing, or <c>validation-failed</c>, <c>not-found</c>, <c>cursor-expired</c>.</returns>
    public async Task<Result> ExecuteAsync(RedeliverFromCommand command, CancellationToken ct)
    {
        var validation = validator.Validate(command);
        if (!validation.IsValid) return validation.ToInvalid();
        if (await webhooks.GetAsync(command.Id, ct) is null) return Failure.WebhookNotFound(command.Id);
        if (await FindPositionAsync(command.Cursor.Value, ct) is not { } position) return Failure.CursorExpired();

        var moved = await webhooks.ChangeAsync(
            command.Id, VersionCondition.None, webhook => webhook.MoveTo(position, clock.GetUtcNow()), ct);
        if (moved.IsSuccess) signal.Wake();
        return moved.Map();
    }

    /// <returns>The position before the cursor; null if the cursor has expired.</returns>
    private async Task<long?> FindPositionAsync(FeedCursor cursor, CancellationToken ct)
    {
        await feed.PlaceAllAsync(ct);
        if (cursor == FeedCursor.End) return await feed.GetEndAsync(ct);
        var found = await feed.ListAsync(Math.Max(cursor.Next - 1, 1), 1, ct);
        if (cursor == FeedCursor.Start) return found is [{ Position: > 1 }] ? null : 0;
        return found is [var before] && cursor.Follows(before) ? before.Position : null;
    }
}
