namespace CleanUsers.Infrastructure.Idempotency;

/// <summary>A request with a key, and the response to it. Without a response it is a claim, which no other transaction sees.</summary>
internal sealed class IdempotencyRecord
{
    public required string Scope { get; init; }

    public required string Fingerprint { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public long? UserId { get; set; }

    public string Response { get; set; } = "";
}
