using Rtc.Peer;

namespace Rtc.Server.Network;

/// <summary>Who hears what happens to a peer; called on the media loop only.</summary>
internal interface IPeerOwner
{
    void OnEvent(PeerSlot port, ref PeerEvent happened);
}
