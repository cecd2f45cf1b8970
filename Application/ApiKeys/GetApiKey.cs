using Ardalis.Result;
using AutoMapper;
using CleanUsers.Application.Ports;

namespace CleanUsers.Application.ApiKeys;

/// <summary>Reads an API key, without the key itself.</summary>
public sealed class GetApiKey(IApiKeyRepository keys, IMapper mapper)
{
    /// <returns>The key, or <c>not-found</c>.</returns>
    public async Task<Result<ApiKeyDto>> ExecuteAsync(long id, CancellationToken ct) =>
        await keys.GetAsync(id, ct) is { } key ? mapper.Map<ApiKeyDto>(key) : Failure.ApiKeyNotFound(id);
}
