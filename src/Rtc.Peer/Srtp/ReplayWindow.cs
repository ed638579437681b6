namespace Rtc.Peer.Srtp;

/// <summary>
/// Which of the last indices were seen (RFC 3711 section 3.3.2). Wide, because a jittery link delivers retransmissions
/// hundreds of packets late.
/// </summary>
internal struct ReplayWindow
{
    public const int Width = 1024;

    private ulong[]? _seen;

    /// <summary>Highest index seen, meaningless before the first.</summary>
    public long Highest { get; private set; }

    public readonly bool IsEmpty => _seen is null;

    public readonly bool IsFresh(long index)
    {
        if (_seen is null || index > Highest)
        {
            return true;
        }

        if (Highest - index >= Width)
        {
            return false;
        }

        return (_seen[Word(index)] & Bit(index)) == 0;
    }

    public void Accept(long index)
    {
        if (_seen is null)
        {
            _seen = new ulong[Width / 64];
            Highest = index;
        }
        else if (index > Highest)
        {
            if (index - Highest >= Width)
            {
                _seen.AsSpan().Clear();
            }
            else
            {
                for (long skipped = Highest + 1; skipped < index; skipped++)
                {
                    _seen[Word(skipped)] &= ~Bit(skipped);
                }
            }

            Highest = index;
        }

        _seen[Word(index)] |= Bit(index);
    }

    private static int Word(long index) => (int)((ulong)index % Width / 64);

    private static ulong Bit(long index) => 1UL << (int)((ulong)index & 63);
}
