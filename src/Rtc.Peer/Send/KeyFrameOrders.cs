namespace Rtc.Peer.Send;

/// <summary>
/// Key frames that the encoder has to make for one viewer, which asks by PLI or FIR, or whose sender can't go on without:
/// many requests are one order, and orders keep a distance. Owned by <see cref="VideoSender"/>.
/// </summary>
internal sealed class KeyFrameOrders(SenderCounters counters)
{
    private static readonly TimeSpan s_spacing = TimeSpan.FromMilliseconds(300);

    private bool _pending;
    private Instant _next;
    private byte? _lastFir;

    public void Want(Instant now)
    {
        if (now >= _next)
        {
            _pending = true;
            _next = now + s_spacing;
            counters.KeyFrameRequests++;
        }
    }

    /// <summary>A repeated FIR has the same number and asks for nothing new (RFC 5104 section 4.3.1.2).</summary>
    public void OnFir(Instant now, byte sequence)
    {
        if (sequence != _lastFir)
        {
            _lastFir = sequence;
            Want(now);
        }
    }

    /// <summary>True once for each order.</summary>
    public bool Take()
    {
        bool pending = _pending;
        _pending = false;
        return pending;
    }
}
