namespace Rtc.Peer;

/// <summary>Why a datagram was thrown away.</summary>
public enum DropReason : byte
{
    /// <summary>No STUN, DTLS or RTP by its first byte (RFC 7983).</summary>
    UnknownProtocol,

    /// <summary>Not STUN, and no check with the right password ever came from that address.</summary>
    UnknownAddress,
    StunMalformed,
    StunUnauthenticated,
    StunStray,
    DtlsBeforeDescription,
    DtlsMalformed,
    SrtpBeforeKeys,
    SrtpMalformed,
    SrtpForged,
    SrtpReplayed,
    SrtpTooManyStreams,
    RtpMalformed,
    RtpUnknownStream,
    DataWithoutChannel,

    /// <summary>Ours: an answer to an address that has not proved itself yet and sent us less than this.</summary>
    AmplificationHeld,
    AfterClose,
}

/// <summary>Datagrams thrown away, by reason.</summary>
public sealed class DropCounters
{
    private readonly long[] _counts = new long[Enum.GetValues<DropReason>().Length];

    public long this[DropReason reason] => _counts[(int)reason];

    public long Total
    {
        get
        {
            long total = 0;
            foreach (long count in _counts)
            {
                total += count;
            }

            return total;
        }
    }

    /// <summary>The counts as they are now, which go on here alone.</summary>
    internal DropCounters Copy()
    {
        var copy = new DropCounters();
        _counts.CopyTo(copy._counts, 0);
        return copy;
    }

    internal void Count(DropReason reason) => _counts[(int)reason]++;

    internal void Set(DropReason reason, long count) => _counts[(int)reason] = count;
}
