namespace Rtc.Peer.Tests.Rtp;

/// <summary>
/// One direction of a network in virtual time: delay, jitter (which reorders), loss at random and in
/// bursts, duplicates, and a bottleneck with a queue that drops what doesn't fit.
/// </summary>
internal sealed class SimulatedPath(int seed)
{
    private readonly Random _random = new(seed);
    private readonly PriorityQueue<byte[], (long At, long Order)> _flying = new();
    private long _order;
    private long _bottleneckFree;
    private bool _inBurst;

    public TimeSpan Delay { get; set; } = TimeSpan.FromMilliseconds(25);

    public TimeSpan Jitter { get; set; }

    public double Loss { get; set; }

    /// <summary>Gilbert's model: how likely a burst begins at a packet, and ends.</summary>
    public double BurstBegins { get; set; }

    public double BurstEnds { get; set; } = 0.3;

    public double Duplicates { get; set; }

    public bool BlackOut { get; set; }

    /// <summary>Bits a second, 0 for no bottleneck.</summary>
    public long Cap { get; set; }

    public TimeSpan Queue { get; set; } = TimeSpan.FromMilliseconds(300);

    public long Sent { get; private set; }

    public long Lost { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>Lets a test choose which packets die.</summary>
    public Func<ReadOnlyMemory<byte>, bool>? Kill { get; set; }

    public Instant Next => _flying.TryPeek(out _, out (long At, long Order) key) ? new Instant(key.At) : Instant.Never;

    public void Send(Instant now, ReadOnlySpan<byte> packet)
    {
        Sent++;
        byte[] copy = packet.ToArray();
        _inBurst = _inBurst ? _random.NextDouble() >= BurstEnds : _random.NextDouble() < BurstBegins;
        bool lost = _random.NextDouble() < Loss;
        if (BlackOut || _inBurst || lost || (Kill?.Invoke(copy) ?? false))
        {
            Lost++;
            return;
        }

        long at = now.Microseconds;
        if (Cap > 0)
        {
            long begin = Math.Max(at, _bottleneckFree);
            if (begin - at > Queue.TotalMicroseconds)
            {
                Lost++;
                return;
            }

            _bottleneckFree = begin + ((packet.Length + 44) * 8 * 1_000_000L / Cap);
            at = _bottleneckFree;
        }

        Bytes += packet.Length;
        int copies = _random.NextDouble() < Duplicates ? 2 : 1;
        for (int i = 0; i < copies; i++)
        {
            long arrival = at + (long)Delay.TotalMicroseconds + (long)(_random.NextDouble() * Jitter.TotalMicroseconds);
            _flying.Enqueue(copy, (arrival, _order++));
        }
    }

    public bool TryReceive(Instant now, out byte[] packet)
    {
        if (_flying.TryPeek(out packet!, out (long At, long Order) key) && key.At <= now.Microseconds)
        {
            _flying.Dequeue();
            return true;
        }

        return false;
    }
}
