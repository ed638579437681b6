namespace Rtc.Peer.Receive;

/// <summary>
/// Asks the sender of one stream for a key frame until one comes: by PLI; when that stays without an answer also by FIR,
/// the only request that some senders obey; and when both do, by a nudge to its bitrate, since an encoder that obeys neither
/// (aiortc's for H.264) is still made anew, and so begins with a key frame, at another bitrate. Owned by <see cref="VideoReceiver"/>.
/// </summary>
internal sealed class KeyFrameRequests(bool fir)
{
    private const int UnansweredForFir = 1;
    private const int UnansweredForNudge = 2;

    // On a path that just collapsed, a key frame a third of a second is what keeps it down.
    private const int MaxDoublings = 2;
    private static readonly TimeSpan s_shortestSpacing = TimeSpan.FromMilliseconds(300);

    private int _unanswered;
    private bool _pliPending;
    private bool _firPending;
    private bool _nudgePending;
    private byte _firSequence;

    public bool Wanted { get; private set; }

    /// <summary>When it may be asked again.</summary>
    public Instant NextAsk { get; private set; }

    public bool IsPending => _pliPending;

    public void Want() => Wanted = true;

    public void Came()
    {
        Wanted = false;
        _unanswered = 0;
        _pliPending = false;
        _firPending = false;
        _nudgePending = false;
    }

    /// <summary>Asks if a key frame is wanted and the last question is old enough.</summary>
    public void Ask(Instant now, TimeSpan roundTrip)
    {
        if (!Wanted || now < NextAsk)
        {
            return;
        }

        TimeSpan spacing = 2 * roundTrip;
        spacing = spacing > s_shortestSpacing ? spacing : s_shortestSpacing;
        NextAsk = now + (spacing * (1 << Math.Min(_unanswered, MaxDoublings)));
        _pliPending = true;
        _firPending = fir && _unanswered >= UnansweredForFir;
        _nudgePending = _unanswered >= UnansweredForNudge;
        _unanswered++;
    }

    /// <summary>
    /// The sender is silent, so it is not asked: without this a request that was due just before the silence, and whose time
    /// was noticed just after, would stay due.
    /// </summary>
    public void NotBefore(Instant silent) => NextAsk = NextAsk < silent ? silent : NextAsk;

    public bool TakePli()
    {
        bool pending = _pliPending;
        _pliPending = false;
        return pending;
    }

    /// <summary>Each has a number of its own: a repeated one would be taken for the same order (RFC 5104 section 4.3.1.2).</summary>
    public bool TryTakeFir(out byte sequence)
    {
        sequence = _firSequence;
        bool pending = _firPending;
        _firPending = false;
        _firSequence += pending ? (byte)1 : (byte)0;
        return pending;
    }

    public bool TakeNudge()
    {
        bool pending = _nudgePending;
        _nudgePending = false;
        return pending;
    }
}
