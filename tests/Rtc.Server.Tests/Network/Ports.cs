using System.Net;
using Rtc.Peer;
using Rtc.Peer.Dtls;
using Rtc.Peer.Ice;
using Rtc.Peer.Primitives;
using Rtc.Server.Network;

namespace Rtc.Server.Tests.Network;

/// <summary>Peers on a loop's parts without the loop: real ones, that nobody is connected to.</summary>
internal static class Ports
{
    public static readonly TransportAddress Home = Address(1);

    public static TransportAddress Address(ushort port) => TransportAddress.From(IPAddress.Parse("192.0.2.7"), port);

    public static WebRtcPeer Peer(DtlsIdentity identity) =>
        new(
            new PeerOptions
            {
                Identity = identity,
                Random = SystemRandom.Instance,
                LocalCandidates = [new LocalCandidate(Home, CandidateKind.Host)],
            }, default);

    public static PeerSlot Port(DtlsIdentity identity) => new(Peer(identity), new Deaf());

    internal sealed class Deaf : IPeerOwner
    {
        public void OnEvent(PeerSlot port, ref PeerEvent happened)
        {
        }
    }
}
