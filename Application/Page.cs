namespace CleanUsers.Application;

/// <summary>A part of a collection.</summary>
/// <param name="NextCursor">The cursor of the next page; null on the last page.</param>
/// <param name="TotalCount">How many items all pages have together; null if the query did not ask for it.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor, long? TotalCount = null);
