using System.ComponentModel.DataAnnotations;

namespace CleanUsers.WebApi.Security;

/// <summary>Section <c>RateLimiting</c> of the configuration.</summary>
internal sealed class RateLimitingOptions
{
    public const string Section = "RateLimiting";

    public bool Enabled { get; init; } = true;

    /// <summary>How many requests a caller may send a second, for ever.</summary>
    [Range(1, 100_000)]
    public int PermitsPerSecond { get; init; } = 100;

    /// <summary>How many it may send at once after a pause.</summary>
    [Range(1, 100_000)]
    public int Burst { get; init; } = 200;
}
