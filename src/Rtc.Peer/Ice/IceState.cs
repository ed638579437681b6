namespace Rtc.Peer.Ice;

internal enum IceState : byte
{
    /// <summary>The other side's password is not known yet.</summary>
    New,
    Checking,

    /// <summary>A pair is selected and its consent is fresh.</summary>
    Connected,

    /// <summary>No pair was found, or consent was lost; a restart may bring it back.</summary>
    Failed,
}
