namespace Rtc.Peer.Ice;

/// <summary>
/// A check with the right password came from there. Only one that is answered reads what is sent to it too: a check can
/// be recorded and sent again under another's address.
/// </summary>
internal readonly record struct HeardAddress(TransportAddress Address, bool IsAnswered);
