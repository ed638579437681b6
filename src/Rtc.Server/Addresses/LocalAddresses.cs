using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Rtc.Server.Addresses;

/// <summary>This machine's addresses, those a phone on the same network most likely reaches first.</summary>
internal static class LocalAddresses
{
    public static IReadOnlyList<IPAddress> List()
    {
        var found = new List<(IPAddress Address, int Rank)>();
        foreach (NetworkInterface card in NetworkInterface.GetAllNetworkInterfaces())
        {
            if (card.OperationalStatus is not (OperationalStatus.Up or OperationalStatus.Unknown)
                || card.NetworkInterfaceType == NetworkInterfaceType.Loopback)
            {
                continue;
            }

            IPInterfaceProperties properties = card.GetIPProperties();
            bool routed = properties.GatewayAddresses.Any(gateway => !gateway.Address.Equals(IPAddress.Any));
            foreach (UnicastIPAddressInformation unicast in properties.UnicastAddresses)
            {
                IPAddress address = unicast.Address;
                if (IPAddress.IsLoopback(address) || address.IsIPv6LinkLocal || IsLinkLocal(address))
                {
                    continue;
                }

                found.Add((address, (routed ? 0 : 2) + (address.AddressFamily == AddressFamily.InterNetwork ? 0 : 1)));
            }
        }

        return [.. found.OrderBy(entry => entry.Rank).Select(entry => entry.Address).Distinct()];
    }

    /// <summary>This machine, or one in a network that the internet does not route (RFC 1918, RFC 4193, link-local).</summary>
    public static bool IsOwnNetwork(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        byte[] bytes = address.GetAddressBytes();
        return IPAddress.IsLoopback(address) || address.IsIPv6LinkLocal || address.IsIPv6UniqueLocal || IsLinkLocal(address)
            || (bytes.Length == 4 && (bytes[0], bytes[1]) is ((10, _) or (172, >= 16 and < 32) or (192, 168)));
    }

    /// <summary>169.254/16 is what a card gives itself when it found no network (RFC 3927).</summary>
    private static bool IsLinkLocal(IPAddress address)
    {
        byte[] bytes = address.GetAddressBytes();
        return bytes.Length == 4 && bytes[0] == 169 && bytes[1] == 254;
    }
}
