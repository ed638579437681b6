using Rtc.Peer.Dtls;
using Rtc.Peer.Ice;

namespace Rtc.Peer;

/// <summary>The settings of one peer, fixed for its life.</summary>
public sealed record PeerOptions
{
    public required DtlsIdentity Identity { get; init; }

    public IReadOnlyList<LocalCandidate> LocalCandidates { get; init; } = [];

    public bool IceLite { get; init; }

    /// <summary>Everything that others must not guess comes from it; the system's generator outside of tests that have to repeat.</summary>
    public required IRandomSource Random { get; init; }

    /// <summary>The NTP time of <see cref="Instant"/> 0, for sender reports and capture times.</summary>
    public ulong NtpAtOrigin { get; init; }

    public Bitrate StartBitrate { get; init; } = Bitrate.FromKilobits(1000);

    public Bitrate MinBitrate { get; init; } = Bitrate.FromKilobits(100);

    public Bitrate MaxBitrate { get; init; } = Bitrate.FromKilobits(4000);

    public EncodedFramePool Pool { get; init; } = EncodedFramePool.Shared;

    /// <summary>Name of this end in RTCP (RFC 7022).</summary>
    public string Cname { get; init; } = "rtc";

    /// <summary>Consent to send lasts this long after the last answer to a check (RFC 7675 section 5.1).</summary>
    public TimeSpan ConsentTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For tests in virtual time: OpenSSL's own retransmission would read the wall clock.</summary>
    internal bool VirtualTime { get; init; }
}
