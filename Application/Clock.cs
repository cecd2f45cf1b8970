namespace CleanUsers.Application;

internal static class Clock
{
    /// <summary>The time in UTC, cut to what every database keeps and every response shows: milliseconds.</summary>
    public static DateTimeOffset GetUtcMilliseconds(this TimeProvider clock) =>
        DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());
}
