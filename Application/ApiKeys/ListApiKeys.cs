using Ardalis.Result;
using AutoMapper;
using CleanUsers.Application.Ports;
using FluentValidation;

namespace CleanUsers.Application.ApiKeys;

public sealed record ListApiKeysQuery(Parsed<int> PageSize, Parsed<Cursor?> Cursor = default) : NewestFirstQuery(PageSize, Cursor)
{
    internal override string Fingerprint => "api keys\n";
}

internal sealed class ListApiKeysValidator : NewestFirstValidator<ListApiKeysQuery>;

/// <summary>Reads a page of the API keys, newest first, those that have expired among them.</summary>
public sealed class ListApiKeys(IValidator<ListApiKeysQuery> validator, IApiKeyRepository keys, IMapper mapper)
{
    /// <returns>The page, or <c>validation-failed</c>.</returns>
    public async Task<Result<Page<ApiKeyDto>>> ExecuteAsync(ListApiKeysQuery query, CancellationToken ct)
    {
        var validation = validator.Validate(query);
        if (!validation.IsValid) return validation.ToInvalid();
        var found = await keys.ListAsync(query.Before, query.Limit, ct);
        return query.ToPage(found, key => key.Id, (key, _) => mapper.Map<ApiKeyDto>(key));
    }
}
