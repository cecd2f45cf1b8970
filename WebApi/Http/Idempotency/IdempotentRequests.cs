using System.Security.Cryptography;
using System.Text.Json;
using Ardalis.Result;
using CleanUsers.Application.Ports;
using CleanUsers.WebApi.Http.Input;
using CleanUsers.WebApi.Http.Pipeline;
using CleanUsers.WebApi.Http.Problems;
using CleanUsers.WebApi.Http.Responses;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace CleanUsers.WebApi.Http.Idempotency;

/// <summary>Executes a request with an idempotency key once: a repetition gets the response that the first request got.</summary>
internal sealed class IdempotentRequests(IIdempotencyStore store, ICaller caller, IOptions<HttpOptions> options)
{
    // of the timeout of a request: the rest is for the response that it took too long
    private const double WaitingShare = 0.8;

    /// <param name="request">The request, with its key.</param>
    /// <param name="input">What was read of it.</param>
    /// <param name="useCase">Executes the command.</param>
    /// <param name="userId">The user that a success shows: when it is purged, so is the stored response.</param>
    /// <param name="success">Makes the response of a success.</param>
    public async Task<IActionResult> ExecuteAsync<TCommand, T>(
        KeyedRequest request, RequestInput<TCommand> input, Func<TCommand, CancellationToken, Task<Result<T>>> useCase, Func<T, long> userId,
        Func<T, JsonResponse<T>> success, CancellationToken ct)
    {
        Result<T>? result = null;
        var outcome = await store.ExecuteOnceAsync(
            new IdempotentRequest(
                IdempotencyKey.Scope(caller.Name, request.Request, request.Key), Convert.ToHexString(SHA256.HashData(request.Body.Span))),
            async token =>
            {
                result = await useCase(input.Command, token);
                return result.IsSuccess
                    ? new(userId(result.Value), JsonSerializer.Serialize(success(result.Value).ToStore(), WireJson.Type<StoredResponse>()))
                    : null;
            },
            options.Value.RequestTimeout * WaitingShare,
            ct);
        return outcome.Kind switch
        {
            IdempotencyOutcomeKind.Executed or IdempotencyOutcomeKind.Rejected => input.ToResponse(result!, success),
            IdempotencyOutcomeKind.Replayed =>
                JsonSerializer.Deserialize(outcome.Response!, WireJson.Type<StoredResponse>())!.ToResult(),
            IdempotencyOutcomeKind.KeyReused => new ProblemResult(ProblemCatalogue.IdempotencyKeyReused),
            IdempotencyOutcomeKind.InProgress => new ProblemResult(ProblemCatalogue.RequestInProgress),
        };
    }
}

/// <summary>A request that carries an idempotency key.</summary>
internal readonly record struct KeyedRequest(HttpRequest Request, string Key, ReadOnlyMemory<byte> Body);
