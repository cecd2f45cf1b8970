namespace CleanUsers.Application.Changes;

/// <summary>How long changes are kept.</summary>
/// <param name="Time">Null if they are never deleted.</param>
public sealed record ChangeRetention(TimeSpan? Time);
