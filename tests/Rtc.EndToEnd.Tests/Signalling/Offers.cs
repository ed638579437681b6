using Rtc.Peer;
using Rtc.Peer.Dtls;
using Rtc.Peer.Primitives;
using Rtc.Peer.Sdp;

namespace Rtc.EndToEnd.Tests.Signalling;

/// <summary>Descriptions as clients make them, from peers that will never be reached: signalling alone is under test.</summary>
internal static class Offers
{
    public static string Phone() => Make(new OfferPlan { Video = [MediaDirection.SendOnly], DataChannel = true });

    public static string Viewer() => Make(new OfferPlan { Video = [MediaDirection.ReceiveOnly], DataChannel = true });

    /// <summary>A data channel and no video, which is too little for a phone.</summary>
    public static string DataOnly() => Make(new OfferPlan { DataChannel = true });

    public static string Video(MediaDirection direction, bool hasChannel) =>
        Make(new OfferPlan { Video = [direction], DataChannel = hasChannel });

    public static string? Line(string sdp, string start) =>
        sdp.Split('\n', StringSplitOptions.TrimEntries).FirstOrDefault(line => line.StartsWith(start, StringComparison.Ordinal));

    private static string Make(OfferPlan plan)
    {
        using DtlsIdentity identity = DtlsIdentity.Create();
        using var peer = new WebRtcPeer(
            new PeerOptions { Identity = identity, Random = SystemRandom.Instance, LocalCandidates = [] }, new Instant(1));
        return peer.CreateOffer(new Instant(1), plan);
    }
}
