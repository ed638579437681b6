namespace Rtc.Peer.Congestion;

/// <summary>
/// How long packets wait in a queue on the path, from how much later than the fastest they arrive. The trend of the delay
/// sees a queue that grows; one that is full grows no more and only drops, and only this tells it from a path that loses
/// packets at random. Each feedback counts by its fastest packet, so that jitter is no queue. Owned by the estimator.
/// </summary>
internal sealed class StandingQueue
{
    // The fastest packet of the last one or two windows is the empty path: clocks drift apart, and routes change.
    private static readonly TimeSpan s_window = TimeSpan.FromSeconds(20);

    private const long None = long.MaxValue;

    private long _fastest = None;
    private long _fastestBefore = None;
    private long _fastestNow = None;
    private Instant _windowStart;

    /// <summary>As the newest feedback has it.</summary>
    public TimeSpan Wait { get; private set; }

    /// <summary>One packet of a feedback; both clocks in microseconds, each from an origin of its own.</summary>
    public void Add(long sentAt, long arrivedAt) => _fastestNow = Math.Min(_fastestNow, arrivedAt - sentAt);

    /// <summary>The feedback is read to its end.</summary>
    public void Update(Instant now)
    {
        if (_fastestNow == None)
        {
            return;
        }

        if (now - _windowStart >= s_window)
        {
            _fastestBefore = _fastest;
            _fastest = None;
            _windowStart = now;
        }

        _fastest = Math.Min(_fastest, _fastestNow);
        Wait = TimeSpan.FromMicroseconds(_fastestNow - Math.Min(_fastest, _fastestBefore));
        _fastestNow = None;
    }
}
