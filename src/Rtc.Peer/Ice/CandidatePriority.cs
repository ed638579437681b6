namespace Rtc.Peer.Ice;

/// <summary>Priorities of candidates and pairs (RFC 8445 sections 5.1.2 and 6.1.2.3; RFC 6544 section 4.2 for TCP).</summary>
internal static class CandidatePriority
{
    private const uint HostPreference = 126;
    private const uint PeerReflexivePreference = 110;
    private const uint ServerReflexivePreference = 100;

    // TCP stays behind every UDP candidate but a relay: it delivers late what it must not lose.
    private const uint TcpHostPreference = 90;
    private const uint TcpReflexivePreference = 80;

    private const int HighestLocalPreference = 65535;
    private const uint OnlyComponent = 1;

    // IPv6 goes first (RFC 8421 section 4).
    private const int IPv4Step = 256;

    public static uint Of(CandidateKind kind, TransportAddress address, int index)
    {
        uint type = (kind, address.Protocol) switch
        {
            (CandidateKind.Host, TransportProtocol.Udp) => HostPreference,
            (CandidateKind.PeerReflexive, TransportProtocol.Udp) => PeerReflexivePreference,
            (CandidateKind.ServerReflexive, TransportProtocol.Udp) => ServerReflexivePreference,
            (CandidateKind.Host, TransportProtocol.Tcp) => TcpHostPreference,
            (CandidateKind.Relayed, _) => 0,
            _ => TcpReflexivePreference,
        };
        int local = HighestLocalPreference - (address.IsIPv4 ? IPv4Step : 0) - index;
        return (type << 24) | ((uint)local << 8) | (256 - OnlyComponent);
    }

    /// <summary>The same number on both sides: G is the controlling agent's priority, D the other's.</summary>
    public static ulong OfPair(uint local, uint remote, bool localControls)
    {
        ulong g = localControls ? local : remote;
        ulong d = localControls ? remote : local;
        return (Math.Min(g, d) << 32) + (2 * Math.Max(g, d)) + (g > d ? 1UL : 0UL);
    }
}
