namespace CleanUsers.WebApi.Security;

/// <summary>Section <c>Cors</c> of the configuration.</summary>
internal sealed class CrossOriginOptions
{
    public const string Section = "Cors";

    /// <summary>The origins whose pages may ask this service.</summary>
    [Origin]
    public IReadOnlyList<string> Origins { get; init; } = [];
}
