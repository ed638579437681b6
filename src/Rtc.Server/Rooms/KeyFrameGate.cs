namespace Rtc.Server.Rooms;

/// <summary>
/// Lets requests for a key frame through one at a time: a crowd that comes in together, or loses a packet together, is
/// served by one key frame and not by one each. What came too soon is kept until it is due or a key frame went out anyway.
/// </summary>
internal struct KeyFrameGate()
{
    /// <summary>A key frame costs as much as ten others; this many a second is what a crowd may cost the rest.</summary>
    public static readonly TimeSpan Spacing = TimeSpan.FromMilliseconds(250);

    private Instant _next;
    private bool _wanted;

    public void Want() => _wanted = true;

    /// <summary>True where a key frame has to be asked for now; whoever asks here does it.</summary>
    public bool TryPass(Instant now)
    {
        if (!_wanted || now < _next)
        {
            return false;
        }

        _wanted = false;
        _next = now + Spacing;
        return true;
    }

    /// <summary>A key frame goes to everybody who waits.</summary>
    public void Served() => _wanted = false;
}
