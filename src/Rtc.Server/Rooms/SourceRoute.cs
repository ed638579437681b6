namespace Rtc.Server.Rooms;

/// <summary>
/// How one viewer of the source is served: by the phone's own pictures, or, where not even their base layer fits its
/// link or their codec is none of its own, by the server's at the link's rate. It goes back at a key frame of the phone's: as soon as the
/// codec is one of its own again, or once the link has carried more than the source for a while, and later each time that this turns out to
/// be too early. Pure.
/// </summary>
internal struct SourceRoute()
{
    // An encoder holds its rate give or take so much, and an estimate that follows it wavers as much.
    private const double BackMargin = 1.2;
    private static readonly TimeSpan s_beforeCoded = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan s_beforeCodedAtStart = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_minBeforeBack = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_maxBeforeBack = TimeSpan.FromMinutes(1);

    private Instant? _started;
    private Instant? _since;
    private Instant _backAt;
    private TimeSpan _beforeBack = s_minBeforeBack;
    private uint _lastTimestamp;
    private bool _hasSent;
    private bool _awaitsKey;
    private bool _leftForCodec;

    /// <summary>The server's pictures are sent, not the phone's.</summary>
    public bool IsCoded { get; private set; }

    /// <summary>It is to go back with the phone's next key frame.</summary>
    public bool AwaitsSource { get; private set; }

    /// <summary>
    /// The phone's codec is one of this viewer's. Kilobits a second: the link's estimate, and what the source takes whole and by its base
    /// layer. True where something changed.
    /// </summary>
    public bool Update(Instant now, double link, double whole, double baseLayer)
    {
        if (_leftForCodec)
        {
            bool isNew = !AwaitsSource;
            AwaitsSource = true;
            return isNew;
        }

        _started ??= now;
        bool pressing = IsCoded ? link > whole * BackMargin : link < baseLayer;
        if (whole <= 0 || !pressing)
        {
            _since = null;
            bool changed = AwaitsSource;
            AwaitsSource = false;
            return changed;
        }

        _since ??= now;
        if (IsCoded)
        {
            bool due = !AwaitsSource && now - _since.Value >= _beforeBack;
            AwaitsSource |= due;
            return due;
        }

        TimeSpan patience = now - _started.Value < s_beforeCodedAtStart + s_beforeCoded ? s_beforeCodedAtStart : s_beforeCoded;
        if (now - _since.Value < patience)
        {
            return false;
        }

        // Too thin again soon after it was thought to fit: believe that later the next time.
        bool wasTooEarly = _backAt != default && now - _backAt < _beforeBack * 3;
        _beforeBack = !wasTooEarly ? s_minBeforeBack : _beforeBack * 2 > s_maxBeforeBack ? s_maxBeforeBack : _beforeBack * 2;
        IsCoded = true;
        _awaitsKey = true;
        _since = null;
        return true;
    }

    /// <summary>The phone's codec is none of this viewer's: from here on the server's pictures. True where something changed.</summary>
    public bool LeaveSource()
    {
        (AwaitsSource, _since) = (false, null);
        if (IsCoded)
        {
            return false;
        }

        _leftForCodec = true;
        IsCoded = true;
        _awaitsKey = true;
        return true;
    }

    /// <summary>Another phone's pictures come, which counts time anew: what this viewer has seen is no measure for them.</summary>
    public void OnNewSource() => _hasSent = false;

    /// <summary>Whether this picture of the phone's is this viewer's.</summary>
    public bool TakesSource(Instant now, bool isKey, uint timestamp)
    {
        if (AwaitsSource && isKey)
        {
            IsCoded = false;
            AwaitsSource = false;
            _since = null;
            _backAt = _leftForCodec ? _backAt : now;
            _leftForCodec = false;
        }

        return !IsCoded && Advance(timestamp);
    }

    /// <summary>Whether this picture of the server's is this viewer's: none that it saw from the phone, and first a key frame.</summary>
    public bool TakesCoded(bool isKey, uint timestamp)
    {
        if (!IsCoded || (_awaitsKey && !isKey) || (_awaitsKey && _hasSent && (int)(timestamp - _lastTimestamp) <= 0))
        {
            return false;
        }

        _awaitsKey = false;
        return Advance(timestamp);
    }

    /// <summary>It cannot go on without a key frame that somebody has to ask for.</summary>
    public readonly bool AwaitsCodedKey => IsCoded && _awaitsKey;

    private bool Advance(uint timestamp)
    {
        _lastTimestamp = timestamp;
        _hasSent = true;
        return true;
    }
}
