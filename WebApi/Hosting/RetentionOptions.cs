using System.ComponentModel.DataAnnotations;
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
