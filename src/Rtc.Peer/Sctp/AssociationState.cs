namespace Rtc.Peer.Sctp;

/// <summary>RFC 9260 section 4's states; from <see cref="Established"/> on data may arrive.</summary>
internal enum AssociationState : byte
{
    Idle,
    CookieWait,
    CookieEchoed,
    Established,
    ShutdownPending,
    ShutdownSent,
    ShutdownReceived,
    ShutdownAckSent,
    Closed,
}
