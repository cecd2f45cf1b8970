using System.Net;
using System.Net.Sockets;

namespace CleanUsers.Infrastructure.Webhooks;

/// <summary>
/// Which addresses events may be sent to: those of the public internet, and what an administrator allows. A client that may create webhooks must not
/// reach what only this machine reaches (server-side request forgery).
/// </summary>
internal sealed class TargetAddresses(IReadOnlyList<IPNetwork> allowed)
{
    private const string Localhost = "localhost";

    // IANA's registry of special-purpose IPv4 addresses, multicast (RFC 5771) and what is reserved (RFC 1112 section 4)
    private static readonly IPNetwork[] NotPublic =
    [
        Network("0.0.0.0/8"), // this network
        Network("10.0.0.0/8"), // private (RFC 1918)
        Network("100.64.0.0/10"), // carrier-grade NAT (RFC 6598)
        Network("127.0.0.0/8"), // loopback
        Network("169.254.0.0/16"), // link-local (RFC 3927), the metadata of cloud machines
        Network("172.16.0.0/12"), // private
        Network("192.0.0.0/24"), // IETF protocol assignments
        Network("192.0.2.0/24"), // documentation (RFC 5737)
        Network("192.88.99.0/24"), // 6to4 relays (RFC 7526)
        Network("192.168.0.0/16"), // private
        Network("198.18.0.0/15"), // benchmarking (RFC 2544)
        Network("198.51.100.0/24"), // documentation
        Network("203.0.113.0/24"), // documentation
        Network("224.0.0.0/4"), // multicast
        Network("240.0.0.0/4"), // reserved, and broadcast
    ];

    // all that IANA has given out for the internet; link-local, unique local, multicast and IPv4-compatible addresses are outside of it
    private static readonly IPNetwork GlobalUnicast = Network("2000::/3");

    private static readonly IPNetwork[] NotPublicGlobalUnicast =
    [
        Network("2001::/23"), // IETF protocol assignments: Teredo, benchmarking, ORCHID
        Network("2001:db8::/32"), // documentation (RFC 3849)
        Network("2002::/16"), // 6to4, which leads to an IPv4 address (RFC 7526: deprecated)
        Network("3fff::/20"), // documentation (RFC 9637)
    ];

    // RFC 6052: the last four bytes are an IPv4 address. Networks without IPv4 reach public IPv4 addresses in this way
    private static readonly IPNetwork Nat64 = Network("64:ff9b::/96");

    public bool Allows(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (allowed.Any(network => network.Contains(address))) return true;
        if (address.AddressFamily == AddressFamily.InterNetwork) return !NotPublic.Any(network => network.Contains(address));
        if (Nat64.Contains(address)) return Allows(new IPAddress(address.GetAddressBytes().AsSpan(12)));
        return GlobalUnicast.Contains(address) && !NotPublicGlobalUnicast.Any(network => network.Contains(address));
    }

    /// <summary>A name of this machine (RFC 6761 section 6.3).</summary>
    public static bool IsLocalhost(string host)
    {
        var name = host.TrimEnd('.');
        return name.Equals(Localhost, StringComparison.OrdinalIgnoreCase)
            || name.EndsWith($".{Localhost}", StringComparison.OrdinalIgnoreCase);
    }

    private static IPNetwork Network(string text) => IPNetwork.Parse(text);
}

/// <summary>The host of a URL has an address that nothing may be sent to.</summary>
internal sealed class ForbiddenAddressException(IPAddress address) : IOException($"The address {address} is not allowed.");
