using System.Text;
using Rtc.Peer;

namespace Rtc.Server.Network;

/// <summary>
/// Whose a datagram is. A connectivity check names its peer; everything else belongs to the peer that its address
/// leads to, and an address leads somewhere only once a check with the right password has come from it. Belongs to
/// the media loop, which asks it for every datagram: finding allocates nothing.
/// </summary>
internal sealed class PeerRoutes
{
    private const int MostAddressesPerPeer = 32;

    // RFC 8839 section 5.4.
    private const int LongestUfrag = 256;

    private readonly Dictionary<TransportAddress, PeerPort> _byAddress = [];
    private readonly Dictionary<string, PeerPort>.AlternateLookup<ReadOnlySpan<char>> _byUfrag =
        new Dictionary<string, PeerPort>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Null where it is nobody's.</summary>
    public PeerPort? Find(ReadOnlySpan<byte> datagram, TransportAddress from)
    {
        if (!StunUsername.TryGetLocalUfrag(datagram, out ReadOnlySpan<byte> ufrag))
        {
            return _byAddress.GetValueOrDefault(from);
        }

        Span<char> name = stackalloc char[LongestUfrag];
        if (ufrag.Length > name.Length)
        {
            return null;
        }

        int length = Encoding.ASCII.GetChars(ufrag, name);
        return _byUfrag.TryGetValue(name[..length], out PeerPort? port) ? port : null;
    }

    /// <summary>Checks under this name are the peer's from now on, and those under its earlier names stay so. To say it again costs nothing.</summary>
    public void LearnUfrag(PeerPort port, string ufrag)
    {
        if (ufrag.Length > 0 && (port.Ufrags.Count == 0 || !ReferenceEquals(port.Ufrags[^1], ufrag)))
        {
            port.Ufrags.Add(ufrag);
            _byUfrag.Dictionary.TryAdd(ufrag, port);
        }
    }

    /// <summary>The peer takes the address over, whosever it was. A peer that knows too many loses its oldest.</summary>
    public void LearnAddress(PeerPort port, TransportAddress address)
    {
        if (!port.Addresses.Contains(address))
        {
            if (port.Addresses.Count == MostAddressesPerPeer)
            {
                Forget(port, port.Addresses[0]);
                port.Addresses.RemoveAt(0);
            }

            port.Addresses.Add(address);
        }

        _byAddress[address] = port;
    }

    /// <summary>The address leads nowhere any more; whose it was, or null.</summary>
    public PeerPort? Forget(TransportAddress address)
    {
        if (_byAddress.Remove(address, out PeerPort? port))
        {
            port.Addresses.Remove(address);
        }

        return port;
    }

    /// <summary>Nothing leads to the peer any more.</summary>
    public void Forget(PeerPort port)
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
    private void Forget(PeerPort port, TransportAddress address)
    {
        if (_byAddress.GetValueOrDefault(address) == port)
        {
            _byAddress.Remove(address);
        }
    }
}
