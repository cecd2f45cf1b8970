using System.Net;

namespace CleanUsers.Infrastructure.Webhooks;

/// <param name="AllowedNetworks">Networks that are not on the public internet, and may be sent to.</param>
/// <param name="Timeout">How long an attempt may take.</param>
public sealed record WebhookSettings(IReadOnlyList<IPNetwork> AllowedNetworks, TimeSpan Timeout);
