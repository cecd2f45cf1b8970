using System.ComponentModel.DataAnnotations;

namespace CleanUsers.WebApi.Hosting;

/// <summary>Section <c>Shutdown</c> of the configuration.</summary>
internal sealed class ShutdownOptions
{
    public const string Section = "Shutdown";

    /// <summary>How long the service says that it is not ready and serves all the same, so that load balancers notice before it is gone.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan Delay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long requests in flight may take after that.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);
}
