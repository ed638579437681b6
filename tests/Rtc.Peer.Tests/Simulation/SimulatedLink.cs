using Rtc.Peer.Primitives;

namespace Rtc.Peer.Tests.Simulation;

/// <summary>One direction of a network in virtual time.</summary>
public sealed class SimulatedLink(int seed)
{
    // Ethernet, IPv4 and UDP headers count at the bottleneck.
    private const int HeaderBytes = 42;

    // On a link that is nearly silent, as before a connection stands, so many datagrams would be a blackout of many seconds.
    private static readonly TimeSpan s_longestBurst = TimeSpan.FromSeconds(1);

    private readonly Random _random = new(seed);
    private readonly PriorityQueue<Datagram, (long At, long Order)> _inFlight = new();
    private long _order;
    private long _freeAt;
    private long _lastArrival;
    private int _burstLeft;
    private Instant _burstEnds;

    public LinkConditions Conditions { get; set; } = new();

    public long Sent { get; private set; }

    public long Lost { get; private set; }

    public long Delivered { get; private set; }

    public long BytesDelivered { get; private set; }

    public Instant NextArrival => _inFlight.TryPeek(out _, out (long At, long Order) key) ? new Instant(key.At) : Instant.Never;

    public void Send(Instant now, ReadOnlySpan<byte> data, TransportAddress from, TransportAddress to)
    {
        Sent++;
        LinkConditions link = Conditions;
        if (link.Blackout || IsLost(now, link))
        {
            Lost++;
            return;
        }

        long departs = now.Microseconds;
        if (link.BitsPerSecond is { } rate)
        {
            if (_freeAt - departs > Microseconds(link.MaxQueue))
            {
                Lost++;
                return;
            }

            departs = Math.Max(departs, _freeAt) + ((data.Length + HeaderBytes) * 8L * 1_000_000 / rate);
            _freeAt = departs;
        }

        byte[] copy = data.ToArray();
        int copies = _random.NextDouble() < link.Duplication ? 2 : 1;
        for (int i = 0; i < copies; i++)
        {
            long arrives = departs + Microseconds(link.Delay) + (long)(_random.NextDouble() * Microseconds(link.Jitter));
            if (!link.Reorders)
            {
                arrives = Math.Max(arrives, _lastArrival);
                _lastArrival = arrives;
            }

            _inFlight.Enqueue(new Datagram(copy, from, to), (arrives, _order++));
        }
    }

    public bool TryReceive(Instant now, out Datagram datagram)
    {
        datagram = default;
        if (NextArrival > now)
        {
            return false;
        }

        datagram = _inFlight.Dequeue();
        Delivered++;
        BytesDelivered += datagram.Data.Length;
        return true;
    }

    private bool IsLost(Instant now, LinkConditions link)
    {
        if (_burstLeft > 0 && now < _burstEnds)
        {
            _burstLeft--;
            return true;
        }

        if (_random.NextDouble() < link.BurstChance)
        {
            _burstLeft = _random.Next(1, link.BurstLength * 2);
            _burstEnds = now + s_longestBurst;
            return true;
        }

        return _random.NextDouble() < link.Loss;
    }

    private static long Microseconds(TimeSpan span) => span.Ticks / TimeSpan.TicksPerMicrosecond;
}

public readonly record struct Datagram(byte[] Data, TransportAddress From, TransportAddress To);
