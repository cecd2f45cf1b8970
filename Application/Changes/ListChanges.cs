using Ardalis.Result;
using AutoMapper;
using CleanUsers.Application.Ports;
using CleanUsers.Application.Users;
using CleanUsers.Domain.Users;
using FluentValidation;

namespace CleanUsers.Application.Changes;

/// <param name="Wait">How long to wait for a change if the feed has no new one.</param>
public sealed record ListChangesQuery(Parsed<FeedCursor> Cursor, Parsed<int> PageSize, Parsed<TimeSpan> Wait = default)
{
    /// <summary>In seconds.</summary>
    public const int MaxWait = 30;

    public static Parsed<TimeSpan> ParseWait(long seconds) => seconds is >= 0 and <= MaxWait
        ? TimeSpan.FromSeconds(seconds)
        : Parsed.Rejected<TimeSpan>("out-of-range", $"Wait must be between 0 and {MaxWait} seconds.");
}

internal sealed class ListChangesValidator : AbstractValidator<ListChangesQuery>
{
    public ListChangesValidator()
    {
        RuleFor(query => query.Cursor).IsAccepted();
        RuleFor(query => query.PageSize).IsAccepted();
        RuleFor(query => query.Wait).IsAccepted();
    }
}

/// <summary>Reads a page of the changes of all users, oldest first. A client that follows the cursors sees each change exactly once.</summary>
public sealed class ListChanges(IValidator<ListChangesQuery> validator, IChangeFeed feed, FeedSignal signal, TimeProvider clock, IMapper mapper)
{
    /// <summary>How long a request is held that comes during shutdown: a reader that follows the cursors must not become a busy loop.</summary>
    private static readonly TimeSpan WaitAtShutdown = TimeSpan.FromSeconds(1);

    /// <returns>The page, which always has the cursor of the next one, or <c>validation-failed</c>, <c>cursor-expired</c>.</returns>
    public async Task<Result<Page<FeedItemDto>>> ExecuteAsync(ListChangesQuery query, CancellationToken ct)
    {
        var validation = validator.Validate(query);
        if (!validation.IsValid) return validation.ToInvalid();

        var start = clock.GetTimestamp();
        var (cursor, wait) = (query.Cursor.Value, query.Wait.Value);
        var isLate = signal.IsClosed;
        if (isLate && wait > WaitAtShutdown) wait = WaitAtShutdown;
        while (true)
        {
            var grown = signal.Next;
            if (await ReadAsync(cursor, query.PageSize.Value, ct) is not var (changes, next)) return Failure.CursorExpired();
            var left = wait - clock.GetElapsedTime(start);
            if (changes.Count > 0 || left <= TimeSpan.Zero || (signal.IsClosed && !isLate))
                return new Page<FeedItemDto>([.. changes.Select(ToDto)], $"{next}");
            await grown.WaitAsync(left, clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ct.ThrowIfCancellationRequested();
            cursor = next;
        }
    }

    /// <returns>Null if the cursor has expired.</returns>
    private async Task<(IReadOnlyList<PlacedChange> Changes, FeedCursor Next)?> ReadAsync(FeedCursor cursor, int pageSize, CancellationToken ct)
    {
        if (cursor == FeedCursor.End)
        {
            await feed.PlaceAllAsync(ct);
            return ([], FeedCursor.After(await feed.GetNewestAsync(ct)));
        }

        await feed.PlaceAsync(ct); // once: that is more than a page
        if (cursor == FeedCursor.Start)
        {
            var first = await feed.ListAsync(cursor.Next, pageSize, ct);
            return first is [{ Position: > 1 }, ..] ? null : (first, first is [.., var last] ? FeedCursor.After(last) : cursor);
        }

        // together with the change before it, which shows that the feed is the one that the cursor is of
        var found = (await feed.ListAsync(cursor.Next - 1, pageSize + 1, ct)).ToArray();
        return found is [var before, .. var page] && cursor.Follows(before) ? (page, FeedCursor.After(found[^1])) : null;
    }

    private FeedItemDto ToDto(PlacedChange placed)
    {
        var change = placed.Change;
        var exists = change.Email is not null && change.Kind is not UserChangeKind.Deleted;
        return new(
            change.UserId, change.Version, change.Kind, change.UpdatedAt, change.UpdatedBy, exists ? mapper.Map<UserDto>(change) : null);
    }
}
