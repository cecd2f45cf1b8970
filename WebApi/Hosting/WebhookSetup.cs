using System.ComponentModel.DataAnnotations;
using System.Net;
using CleanUsers.Infrastructure;
using CleanUsers.WebApi.Http.Pipeline;

namespace CleanUsers.WebApi.Hosting;

/// <summary>Section <c>Webhooks</c> of the configuration.</summary>
internal sealed class WebhookOptions
{
    public const string Section = "Webhooks";

    /// <summary>Networks that are not on the public internet, and to which events may be sent all the same.</summary>
    [Network]
    public TextList AllowedNetworks { get; init; } = [];

    /// <summary>How long an attempt may take, from looking up the name to the headers of the response.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>To how many webhooks a replica sends at once.</summary>
    [Range(1, 1000)]
    public int MaxConcurrency { get; init; } = 32;
}

internal static class WebhookSetup
{
    public static void AddWebhooks(this WebApplicationBuilder builder)
    {
        var options = builder.AddSettings<WebhookOptions>(WebhookOptions.Section);
        builder.Services.AddWebhookSender(new([.. options.AllowedNetworks.Select(IPNetwork.Parse)], options.Timeout));
    }
}
