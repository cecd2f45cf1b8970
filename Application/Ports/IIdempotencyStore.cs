namespace CleanUsers.Application.Ports;

/// <summary>Remembers the answers of requests that carried an idempotency key (IETF draft-ietf-httpapi-idempotency-key-header).</summary>
public interface IIdempotencyStore
{
    /// <summary>
    /// Does something once for a request, however often and by however many it is repeated. What is done and the record of it are written in
    /// one transaction, so neither is there without the other. Whoever repeats the request while the first is on its way waits for it.
    /// </summary>
    /// <param name="request">Which request it is.</param>
    /// <param name="action">Does it, through the repositories; null refuses: then nothing is written or kept.</param>
    /// <param name="patience">How long to wait for one that is on its way.</param>
    /// <param name="ct">Gives up.</param>
    Task<IdempotencyOutcome> ExecuteOnceAsync(
        IdempotentRequest request, Func<CancellationToken, Task<KeptAnswer?>> action, TimeSpan patience, CancellationToken ct);

    /// <summary>Forgets what is older than <see cref="Lifetime"/>; returns how many answers that were.</summary>
    Task<int> DeleteExpiredAsync(CancellationToken ct);

    /// <summary>How long an answer is kept.</summary>
    static TimeSpan Lifetime { get; } = TimeSpan.FromHours(24);
}

/// <param name="Scope">A digest of caller, method, path and key, in hexadecimal digits.</param>
/// <param name="Fingerprint">A digest of the payload, in hexadecimal digits.</param>
public sealed record IdempotentRequest(string Scope, string Fingerprint);

/// <summary>A success, as it is answered again.</summary>
/// <param name="UserId">The user that it shows: when that is purged, so is this.</param>
public sealed record KeptAnswer(long UserId, int Status, string Body, string Location, string? EntityTag);

/// <param name="Kind">What happened.</param>
/// <param name="Answer">The answer, where it was done, now or before.</param>
public sealed record IdempotencyOutcome(IdempotencyOutcomeKind Kind, KeptAnswer? Answer = null);

public enum IdempotencyOutcomeKind
{
    /// <summary>Done now.</summary>
    Done,

    /// <summary>Done before, by a request with the same payload.</summary>
    Replayed,

    /// <summary>Refused by the action.</summary>
    Refused,

    /// <summary>The key was used before, with another payload.</summary>
    KeyReused,

    /// <summary>Others were on their way for longer than patience lasted.</summary>
    InProgress,
}
