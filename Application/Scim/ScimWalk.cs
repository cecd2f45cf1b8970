namespace CleanUsers.Application.Scim;

/// <summary>A list that a caller reads page by page.</summary>
/// <param name="list">See <see cref="ScimWalks.Key"/>.</param>
internal sealed class ScimWalk(string list)
{
    public string List { get; } = list;

    /// <summary>Where the pages have ended, in the order in which they were read.</summary>
    public List<ScimPlace> Places { get; } = [];

    /// <summary>Whether the page after the last place has not been requested yet.</summary>
    public bool IsWaiting { get; set; }

    /// <summary>Whether no user came after the page that was read last.</summary>
    public bool IsFinished { get; set; }

    public DateTimeOffset Expires { get; set; }
}

/// <param name="Index">The number of the user that follows.</param>
/// <param name="After">The id of the user before it.</param>
/// <param name="Total">How many users there were; null if they were not counted.</param>
internal sealed record ScimPlace(long Index, long After, long? Total)
{
    public static readonly ScimPlace Beginning = new(1, 0, null);
}
