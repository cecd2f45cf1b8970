namespace CleanUsers.Infrastructure.Idempotency;

/// <summary>A request with a key, and its answer. Without an answer it is a claim, which no other transaction sees.</summary>
internal sealed class IdempotencyRecord
{
    public required string Scope { get; init; }

    public required string Fingerprint { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public long? UserId { get; set; }

    public int Status { get; set; }

    public string Body { get; set; } = "";

    public string Location { get; set; } = "";

    public string? EntityTag { get; set; }
}
