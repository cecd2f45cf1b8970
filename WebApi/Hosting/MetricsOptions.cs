using System.ComponentModel.DataAnnotations;

namespace CleanUsers.WebApi.Hosting;

/// <summary>Section <c>Metrics</c> of the configuration.</summary>
internal sealed class MetricsOptions
{
    public const string Section = "Metrics";

    /// <summary>Serves <c>/metrics</c> there, to anybody, and nowhere else; null serves it beside the API, to callers with the scope.</summary>
    [Range(1, 65535)]
    public int? Port { get; init; }
}
