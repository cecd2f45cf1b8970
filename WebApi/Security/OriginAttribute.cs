using System.ComponentModel.DataAnnotations;

namespace CleanUsers.WebApi.Security;

/// <summary>Allows origins as browsers write them (RFC 6454 section 6.2): another spelling of the same would never match.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class OriginAttribute : ValidationAttribute
{
    public OriginAttribute() => ErrorMessage = "an origin as browsers write it, such as https://app.example.org or http://localhost:3000";

    public override bool IsValid(object? value) =>
        value is string text
        && Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp)
        && text == $"{uri.Scheme}://{(uri.HostNameType == UriHostNameType.IPv6 ? uri.Host : uri.IdnHost)}{(uri.IsDefaultPort ? "" : $":{uri.Port}")}";
}
