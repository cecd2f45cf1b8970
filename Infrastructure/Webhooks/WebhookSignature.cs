using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CleanUsers.Application.Changes.Webhooks;

namespace CleanUsers.Infrastructure.Webhooks;

/// <summary>The symmetric signatures of Standard Webhooks 1.0.0.</summary>
internal static class WebhookSignature
{
    /// <summary>The header <c>webhook-signature</c>: a signature by each secret, with spaces between.</summary>
    public static string Create(IEnumerable<string> secrets, string id, long timestamp, ReadOnlySpan<byte> body)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{timestamp}.")), .. body];
        return string.Join(' ', secrets.Select(secret => $"v1,{Convert.ToBase64String(HMACSHA256.HashData(Key(secret), signed))}"));
    }

    private static byte[] Key(string secret) => Convert.FromBase64String(secret[WebhookSecret.Prefix.Length..]);
}
