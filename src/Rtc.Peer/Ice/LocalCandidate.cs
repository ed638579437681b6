namespace Rtc.Peer.Ice;

public enum CandidateKind : byte
{
    Host,
    ServerReflexive,
    PeerReflexive,
    Relayed,
}

/// <summary>
/// An address of ours that the other side may send to: of the shell's socket, or the one that a cloud, a container
/// or a STUN server shows to the outside (ServerReflexive).
/// </summary>
public sealed record LocalCandidate(TransportAddress Address, CandidateKind Kind);
