using CleanUsers.Domain.Users;

namespace CleanUsers.WebApi.Hosting;

/// <summary>
/// What the runtime must support of Unicode. In its invariant mode, which small images enable, .NET 10 neither normalises a text nor maps a
/// domain by IDNA, and reports no error: two users would get one address, and what one mode stored the other would not find.
/// </summary>
internal static class Globalization
{
    /// <summary>Finds out whether the runtime is in its invariant mode.</summary>
    public static void EnsureUnicode(this IHostApplicationBuilder builder)
    {
        var supportsUnicode =
            EmailAddress.TryParse("e\u0301@BU\u0308CHER.example", out var address, out _) && address.Key == "\u00E9@xn--bcher-kva.example";
        if (!supportsUnicode)
        {
            builder.Errors().Add(
                "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT",
                "in force",
                "false, with ICU installed: the service compares names and addresses by Unicode's normal form");
        }
    }
}
