using System.ComponentModel.DataAnnotations;
using CleanUsers.Application.ApiKeys;

namespace CleanUsers.WebApi.Hosting;

/// <summary>Section <c>ApiKeys</c> of the configuration.</summary>
internal sealed class ApiKeyOptions
{
    public const string Section = "ApiKeys";

    /// <summary>How long a valid key is remembered: how late other processes notice a revocation. 0 looks each key up for each request.</summary>
    [Range(0, 60)]
    public int CacheSeconds { get; init; } = 5;
}

internal static class ApiKeySetup
{
    public static void AddApiKeys(this WebApplicationBuilder builder)
    {
        var options = builder.AddSettings<ApiKeyOptions>(ApiKeyOptions.Section);
        builder.Services.AddSingleton(new ApiKeyCacheTime(TimeSpan.FromSeconds(options.CacheSeconds)));
    }
}
