using System.ComponentModel.DataAnnotations;

namespace CleanUsers.WebApi.Http.Pipeline;

/// <summary>Section <c>Http</c> of the configuration.</summary>
internal sealed class HttpOptions
{
    public const string Section = "Http";

    /// <summary>In octets, of a request's body.</summary>
    [Range(1024, 16 * 1024 * 1024)]
    public int MaxBodyBytes { get; init; } = 64 * 1024;

    /// <summary>How many clients may be connected at once; more are cut off at once.</summary>
    [Range(1, 1_000_000)]
    public int MaxConnections { get; init; } = 4096;

    /// <summary>How long a request may take; then it is given up, and answered with 503.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Refuse changes without <c>If-Match</c> (428).</summary>
    public bool RequireIfMatch { get; init; }

    /// <summary>Networks whose <c>X-Forwarded-*</c> headers count.</summary>
    [Network]
    public IReadOnlyList<string> TrustedProxies { get; init; } = [];
}
