namespace CleanUsers.Application;

/// <summary>A part of a collection.</summary>
/// <param name="Items">In order.</param>
/// <param name="NextCursor">What leads to the next part; null where this is the last.</param>
/// <param name="TotalCount">How many items all parts have together; null where the query did not ask for it.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor, long? TotalCount = null);
