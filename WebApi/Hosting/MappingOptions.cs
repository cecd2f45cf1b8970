using System.ComponentModel.DataAnnotations;

namespace CleanUsers.WebApi.Hosting;

/// <summary>Section <c>AutoMapper</c> of the configuration.</summary>
internal sealed class MappingOptions
{
    public const string Section = "AutoMapper";

    /// <summary>Without one AutoMapper writes a warning to the log at start.</summary>
    [DataType(DataType.Password)]
    public string? LicenseKey { get; init; }
}
