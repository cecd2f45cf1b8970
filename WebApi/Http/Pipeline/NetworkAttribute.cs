using System.ComponentModel.DataAnnotations;

namespace CleanUsers.WebApi.Http.Pipeline;

/// <summary>Allows networks in CIDR notation (RFC 4632, RFC 4291 section 2.3).</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NetworkAttribute : ValidationAttribute
{
    public NetworkAttribute() => ErrorMessage = "a network such as 10.0.0.0/8, 192.0.2.1/32 or fd00::/8";

    public override bool IsValid(object? value) => value is string text && System.Net.IPNetwork.TryParse(text, out _);
}
