using System.Security.Cryptography;

namespace CleanUsers.Application.Changes.Webhooks;

/// <summary>The key of signatures, as Standard Webhooks 1.0.0 writes it.</summary>
public static class WebhookSecret
{
    public const string Prefix = "whsec_";

    /// <summary>As many as the result of HMAC-SHA256; the standard allows 24 to 64.</summary>
    private const int Bytes = 32;

    internal static string Create() => Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(Bytes));
}
