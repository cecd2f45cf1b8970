namespace CleanUsers.Domain.Users;

/// <summary>What a user brings along that was a user before, in another directory or in this one.</summary>
/// <param name="CreatedAt">When.</param>
/// <param name="CreatedBy">Who did it.</param>
/// <param name="UpdatedAt">When it was last changed; not before it was created.</param>
/// <param name="UpdatedBy">Who did that.</param>
/// <param name="Version">From 1.</param>
public sealed record UserHistory(DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset UpdatedAt, string UpdatedBy, long Version);
