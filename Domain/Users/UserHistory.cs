namespace CleanUsers.Domain.Users;

/// <summary>What a user brings along that was a user before, in another directory or in this one.</summary>
/// <param name="UpdatedAt">Not before <paramref name="CreatedAt"/>.</param>
/// <param name="Version">From 1.</param>
public sealed record UserHistory(DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset UpdatedAt, string UpdatedBy, long Version);
