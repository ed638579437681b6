using System.Text;
using Rtc.Peer.Stun;

namespace Rtc.Server.Network;

/// <summary>
/// Whose a datagram is. A connectivity check names its peer; everything else belongs to the peer that its address
/// leads to. An address leads to a peer once a check with the right password has come from it; but only a peer that
/// answered ours from there takes it from another, since a recorded check can be sent under anybody's address. Belongs
/// to the media loop, which asks it for every datagram: finding allocates nothing.
/// </summary>
internal sealed class PeerRoutes
{
    private const int MaxAddressesPerPeer = 32;

    // RFC 8839 section 5.4.
    private const int MaxUfragLength = 256;

    private readonly Dictionary<TransportAddress, Route> _byAddress = [];
    private readonly Dictionary<string, PeerSlot>.AlternateLookup<ReadOnlySpan<char>> _byUfrag =
        new Dictionary<string, PeerSlot>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Null where it is nobody's.</summary>
    public PeerSlot? Find(ReadOnlySpan<byte> datagram, TransportAddress from)
    {
        if (!StunUsername.TryGetLocalUfrag(datagram, out ReadOnlySpan<byte> ufrag))
        {
            return _byAddress.GetValueOrDefault(from).Port;
        }

        Span<char> name = stackalloc char[MaxUfragLength];
        if (ufrag.Length > name.Length)
        {
            return null;
        }

        int length = Encoding.ASCII.GetChars(ufrag, name);
        return _byUfrag.TryGetValue(name[..length], out PeerSlot? port) ? port : null;
    }

    /// <summary>
    /// Checks under this name are the peer's from now on, and those under its earlier names stay so. To say it again costs nothing.
    /// </summary>
    public void LearnUfrag(PeerSlot port, string ufrag)
    {
        if (ufrag.Length > 0 && (port.Ufrags.Count == 0 || !ReferenceEquals(port.Ufrags[^1], ufrag)))
        {
            port.Ufrags.Add(ufrag);
            _byUfrag.Dictionary.TryAdd(ufrag, port);
        }
    }

    /// <summary>
    /// To be told at each authenticated check and each answer: an address may have come to another peer behind the same
    /// NAT, and come back. A peer that knows too many loses an unproven one first.
    /// </summary>
    public void LearnAddress(PeerSlot port, TransportAddress address, bool isProven)
    {
        Route known = _byAddress.GetValueOrDefault(address);
        if (known.IsProven && !isProven)
        {
            return;
        }

        if (!port.Addresses.Contains(address))
        {
            if (port.Addresses.Count == MaxAddressesPerPeer)
            {
                int unproven = port.Addresses.FindIndex(held => _byAddress.GetValueOrDefault(held) != new Route(port, true));
                Forget(port, port.Addresses[Math.Max(0, unproven)]);
                port.Addresses.RemoveAt(Math.Max(0, unproven));
            }

            port.Addresses.Add(address);
        }

        _byAddress[address] = new Route(port, isProven);
    }

    /// <summary>The address leads nowhere any more; whose it was, or null.</summary>
    public PeerSlot? Forget(TransportAddress address)
    {
        if (_byAddress.Remove(address, out Route route))
        {
            route.Port!.Addresses.Remove(address);
        }

        return route.Port;
    }

    /// <summary>Nothing leads to the peer any more.</summary>
    public void Forget(PeerSlot port)
    {
        foreach (TransportAddress address in port.Addresses)
        {
            Forget(port, address);
        }

        foreach (string ufrag in port.Ufrags)
        {
            if (_byUfrag.Dictionary.GetValueOrDefault(ufrag) == port)
            {
                _byUfrag.Dictionary.Remove(ufrag);
            }
        }

        port.Addresses.Clear();
        port.Ufrags.Clear();
    }

    // Another peer may have taken the address over since: it keeps it.
    private void Forget(PeerSlot port, TransportAddress address)
    {
        if (_byAddress.GetValueOrDefault(address).Port == port)
        {
            _byAddress.Remove(address);
        }
    }

    private readonly record struct Route(PeerSlot? Port, bool IsProven);
}
