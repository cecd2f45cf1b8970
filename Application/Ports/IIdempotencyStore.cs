namespace CleanUsers.Application.Ports;

/// <summary>Stores the responses of requests that carried an idempotency key (IETF draft-ietf-httpapi-idempotency-key-header).</summary>
public interface IIdempotencyStore
{
    /// <summary>
    /// Executes something once for a request, however often the request is repeated. What is executed and the record of it are written in one
    /// transaction, so neither is there without the other. A repetition that arrives while the first request runs waits for it.
    /// </summary>
    /// <param name="action">Executes it, through the repositories; null rejects it: then nothing is written or stored.</param>
    /// <param name="timeout">How long to wait for another request with the same key.</param>
    Task<IdempotencyOutcome> ExecuteOnceAsync(
        IdempotentRequest request, Func<CancellationToken, Task<ResponseToStore?>> action, TimeSpan timeout, CancellationToken ct);

    /// <summary>Deletes what is older than <see cref="Lifetime"/>; returns how many responses that were.</summary>
    Task<int> DeleteExpiredAsync(CancellationToken ct);

    /// <summary>How long a response is stored.</summary>
    static TimeSpan Lifetime { get; } = TimeSpan.FromHours(24);
}

/// <param name="Scope">A digest of caller, operation and key, in hexadecimal digits.</param>
/// <param name="Fingerprint">A digest of the payload, in hexadecimal digits.</param>
public sealed record IdempotentRequest(string Scope, string Fingerprint);

/// <param name="UserId">The user that the response shows: when it is purged, so is the response.</param>
/// <param name="Response">The response to a success, in a form that only the host reads.</param>
public sealed record ResponseToStore(long UserId, string Response);

/// <param name="Response">The stored response, where the request was executed, now or before.</param>
public sealed record IdempotencyOutcome(IdempotencyOutcomeKind Kind, string? Response = null);

public enum IdempotencyOutcomeKind
{
    Executed,

    /// <summary>Executed before, for a request with the same payload.</summary>
    Replayed,

    /// <summary>Rejected by the action.</summary>
    Rejected,

    /// <summary>The key was used before, with another payload.</summary>
    KeyReused,

    /// <summary>Other requests with the key ran for longer than the timeout.</summary>
    InProgress,
}
