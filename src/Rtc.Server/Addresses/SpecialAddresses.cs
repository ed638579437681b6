using System.Net;
using System.Net.Sockets;

namespace Rtc.Server.Addresses;

/// <summary>Addresses that are none of the internet's (RFC 6890): this machine, its networks, and what is nobody's in particular.</summary>
internal static class SpecialAddresses
{
    private static readonly IPNetwork[] s_networks =
    [
        .. ((string[])
        [
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
            "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4",
            "::1/128", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        ]).Select(IPNetwork.Parse),
    ];

    // Networks whose addresses carry one of IPv4, and at which byte it begins: mapped and compatible (RFC 4291), NAT64 (RFC 6052)
    // and 6to4 (RFC 3056).
    private static readonly (IPNetwork Network, int At)[] s_carriers =
    [
        (IPNetwork.Parse("::ffff:0:0/96"), 12), (IPNetwork.Parse("::/96"), 12), (IPNetwork.Parse("64:ff9b::/96"), 12),
        (IPNetwork.Parse("2002::/16"), 2),
    ];

    public static bool Has(IPAddress address)
    {
        if (Array.Exists(s_networks, network => network.Contains(address)))
        {
            return true;
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return false;
        }

        byte[] bytes = address.GetAddressBytes();
        return Array.Exists(
            s_carriers, one => one.Network.Contains(address) && Has(new IPAddress(bytes.AsSpan(one.At, sizeof(int)))));
    }
}
