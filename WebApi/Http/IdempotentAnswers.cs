using Ardalis.Result;
using CleanUsers.Application.Ports;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace CleanUsers.WebApi.Http;

/// <summary>Answers that are the same however often a request with an idempotency key is repeated.</summary>
internal static class IdempotentAnswers
{
    // of the time that a request has: the rest is for saying that it took too long
    private const double Patience = 0.8;

    /// <summary>
    /// Like <see cref="RequestInput.AnswerAsync{TCommand,T}"/>, but where the request carries an idempotency key, once: a repetition gets
    /// the answer that the first one got.
    /// </summary>
    public static async Task<IActionResult> AnswerOnceAsync<TCommand, T>(
        this JsonBody body, TCommand command, Func<TCommand, CancellationToken, Task<Result<T>>> useCase, Func<T, KeptAnswer> success, CancellationToken ct)
    {
        var header = body.Request.Headers[IdempotencyKey.Header];
        if (header.Count == 0) return await body.AnswerAsync(command, useCase, value => new KeptAnswerResult(success(value), replayed: false), ct);
        if (!IdempotencyKey.TryParse(header, out var key))
            body.Refuse(new HeaderError(IdempotencyKey.Header, "invalid-key", "Header Idempotency-Key must be 1 to 255 visible ASCII characters, there once."));

        return await body.AnswerAsync<TCommand, IActionResult>(command, (sent, token) => body.OnceAsync(key!, sent, useCase, success, token), answer => answer, ct);
    }

    private static async Task<Result<IActionResult>> OnceAsync<TCommand, T>(
        this JsonBody body, string key, TCommand command, Func<TCommand, CancellationToken, Task<Result<T>>> useCase, Func<T, KeptAnswer> success, CancellationToken ct)
    {
        var services = body.Request.HttpContext.RequestServices;
        var request = new IdempotentRequest(
            IdempotencyKey.Scope(services.GetRequiredService<ICaller>().Name, body.Request, key), body.Fingerprint());
        Result<T>? refusal = null;
        var outcome = await services.GetRequiredService<IIdempotencyStore>().ExecuteOnceAsync(
            request,
            async token =>
            {
                var result = await useCase(command, token);
                if (result.IsSuccess) return success(result.Value);
                refusal = result;
                return null;
            },
            services.GetRequiredService<IOptions<HttpOptions>>().Value.RequestTimeout * Patience,
            ct);
        return outcome.Kind switch
        {
            IdempotencyOutcomeKind.Done => new KeptAnswerResult(outcome.Answer!, replayed: false),
            IdempotencyOutcomeKind.Replayed => new KeptAnswerResult(outcome.Answer!, replayed: true),
            IdempotencyOutcomeKind.Refused => refusal!.Map(IActionResult (_) => throw new InvalidOperationException("A refusal has no value.")),
            IdempotencyOutcomeKind.KeyReused => new ProblemAnswer(ProblemCatalogue.IdempotencyKeyReused),
            IdempotencyOutcomeKind.InProgress => new ProblemAnswer(ProblemCatalogue.RequestInProgress),
        };
    }
}
