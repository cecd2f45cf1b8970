using System.ComponentModel.DataAnnotations;
using CleanUsers.Application;
using CleanUsers.Application.Changes;
using CleanUsers.Application.DeletedUsers;

namespace CleanUsers.WebApi.Hosting;

/// <summary>Section <c>Retention</c> of the configuration.</summary>
internal sealed class RetentionOptions
{
    public const string Section = "Retention";

    /// <summary>How long deleted users are kept; null if they are never erased.</summary>
    [Range(1, 36500)]
    public int? DeletedUsersDays { get; init; }

    public Retention ToRetention() => new(DeletedUsersDays is { } days ? TimeSpan.FromDays(days) : null);
}

/// <summary>Section <c>Changes</c> of the configuration.</summary>
internal sealed class ChangesOptions
{
    public const string Section = "Changes";

    /// <summary>How long the changes of users are kept, in the feed and in the histories; null if they are never deleted.</summary>
    [Range(1, 36500)]
    public int? RetentionDays { get; init; }

    public ChangeRetention ToRetention() => new(RetentionDays is { } days ? TimeSpan.FromDays(days) : null);
}

/// <summary>Section <c>AutoMapper</c> of the configuration.</summary>
internal sealed class MappingOptions
{
    public const string Section = "AutoMapper";

    /// <summary>Without one AutoMapper writes a warning to the log when it is first used.</summary>
    [DataType(DataType.Password)]
    public string? LicenseKey { get; init; }
}

internal static class ApplicationSetup
{
    /// <summary>The use cases, with their settings.</summary>
    public static void AddApplication(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddApplication(
            builder.AddSettings<RetentionOptions>(RetentionOptions.Section).ToRetention(),
            builder.AddSettings<ChangesOptions>(ChangesOptions.Section).ToRetention(),
            builder.AddSettings<MappingOptions>(MappingOptions.Section).LicenseKey);
        builder.AddApiKeys();
    }
}
