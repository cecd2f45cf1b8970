using AutoMapper;
using CleanUsers.Domain.ApiKeys;

namespace CleanUsers.Application.ApiKeys;

/// <summary>An API key, as it is shown.</summary>
/// <param name="Start">Its first characters.</param>
/// <param name="ExpiresAt">Null if it never expires.</param>
/// <param name="LastUsedAt">Null if it was never used.</param>
public sealed record ApiKeyDto(
    long Id, string Name, string Start, IReadOnlyList<string> Scopes, DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt,
    DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset UpdatedAt, string UpdatedBy, long Version);

/// <summary>A new API key, with the key itself, which is shown this once.</summary>
public sealed record CreatedApiKeyDto(
    long Id, string Name, string Start, IReadOnlyList<string> Scopes, DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt,
    DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset UpdatedAt, string UpdatedBy, long Version, string Key);

/// <summary>The key that replaces another one, shown this once.</summary>
/// <param name="PreviousKeyExpiresAt">Until when the key before is valid too.</param>
public sealed record RotatedApiKeyDto(string Key, DateTimeOffset PreviousKeyExpiresAt);

/// <summary>One way, entity to DTO.</summary>
internal sealed class ApiKeyProfile : Profile
{
    private const string Key = nameof(CreatedApiKeyDto.Key);

    public ApiKeyProfile()
    {
        CreateMap<ApiKey, ApiKeyDto>();
        CreateMap<ApiKey, CreatedApiKeyDto>().ForCtorParam(Key, created => created.MapFrom((_, context) => context.Items[Key]));
    }

    /// <param name="text">The key itself, which the entity does not have.</param>
    public static CreatedApiKeyDto ToCreated(IMapper mapper, ApiKey key, string text) =>
        mapper.Map<ApiKey, CreatedApiKeyDto>(key, options => options.Items[Key] = text);
}
