namespace Rtc.Peer.Congestion;

/// <summary>
/// One burst sent faster than the estimate, to see whether the path takes it. The pacer sends media at
/// this speed and fills up with padding; feedback on its packets gives the rate that came through.
/// </summary>
internal sealed class Probe
{
    private const int MinPackets = 6;
    private const double MinSeconds = 0.015;
    private const double MinReceived = 0.75;
    private const double SaturatedBelow = 0.9;
    private const double SaturatedShare = 0.95;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private int _sentPackets;
    private long _sentBytes;
    private long _firstSent;
    private long _firstArrived = long.MaxValue;
    private long _lastArrived = long.MinValue;
    private int _firstArrivedBytes;
    private int _lastSentBytes;
    private long _earliestSent = long.MaxValue;
    private long _latestSent = long.MinValue;
    private int _received;
    private long _receivedBytes;
    private Instant _startedAt;

    public int Id { get; private set; }

    public Bitrate Rate { get; private set; }

    public bool Active { get; private set; }

    public bool AwaitsResult { get; private set; }

    /// <summary>The last burst came slower than it was sent.</summary>
    public bool Saturated { get; private set; }

    /// <summary>When the next packet of the burst may go.</summary>
    public Instant NextSend { get; private set; }

    public void Start(Instant now, Bitrate rate)
    {
        Id++;
        Rate = rate;
        Active = true;
        AwaitsResult = true;
        NextSend = now;
        _startedAt = now;
        _sentPackets = 0;
        _sentBytes = 0;
        _received = 0;
        _receivedBytes = 0;
        _firstArrived = long.MaxValue;
        _lastArrived = long.MinValue;
        _earliestSent = long.MaxValue;
        _latestSent = long.MinValue;
    }

    public void OnSent(Instant now, int bytes)
    {
        if (_sentPackets++ == 0)
        {
            _firstSent = now.Microseconds;
        }

        _sentBytes += bytes;
        NextSend = new Instant(_firstSent + (_sentBytes * 8 * 1_000_000 / Rate.BitsPerSecond));
        if (_sentPackets >= MinPackets && _sentBytes * 8 >= Rate.BitsPerSecond * MinSeconds)
        {
            Active = false;
        }
    }

    public void OnArrived(Instant sent, long arrived, int bytes)
    {
        _received++;
        _receivedBytes += bytes;
        _earliestSent = Math.Min(_earliestSent, sent.Microseconds);
        if (sent.Microseconds >= _latestSent)
        {
            _latestSent = sent.Microseconds;
            _lastSentBytes = bytes;
        }

        if (arrived < _firstArrived)
        {
            _firstArrived = arrived;
            _firstArrivedBytes = bytes;
        }

        _lastArrived = Math.Max(_lastArrived, arrived);
    }

    /// <summary>True once, when enough of the burst has come; <paramref name="measured"/> is null where it tells nothing.</summary>
    public bool TryFinish(Instant now, out Bitrate? measured)
    {
        measured = null;
        if (!AwaitsResult)
        {
            return false;
        }

        bool late = now - _startedAt > s_patience;
        if (!late && (Active || _received < _sentPackets))
        {
            return false;
        }

        AwaitsResult = false;
        Active = false;
        if (_received < _sentPackets * MinReceived || _received < 3)
        {
            return true;
        }

        long sendSpan = _latestSent - _earliestSent;
        long arriveSpan = _lastArrived - _firstArrived;
        if (sendSpan <= 0 || arriveSpan <= 0)
        {
            return true;
        }

        double sent = (_receivedBytes - _lastSentBytes) * 8e6 / sendSpan;
        double came = (_receivedBytes - _firstArrivedBytes) * 8e6 / arriveSpan;
        double rate = Math.Min(sent, came);
        Saturated = came < SaturatedBelow * sent;
        if (Saturated)
        {
            rate = came * SaturatedShare; // the path's own speed: stay a little below
        }

        measured = new Bitrate((long)rate);
        return true;
    }
}
