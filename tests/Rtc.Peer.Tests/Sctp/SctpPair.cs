using Rtc.Peer.Sctp;
using Rtc.Peer.Tests.Simulation;
using Xunit;

namespace Rtc.Peer.Tests.Sctp;

/// <summary>How a simulated link treats packets of one direction.</summary>
internal sealed record LinkBehaviour
{
    public double Loss { get; init; }

    /// <summary>Once a packet is lost, the next ones are too with this probability.</summary>
    public double BurstContinues { get; init; }

    public double Duplication { get; init; }

    public double DelayMs { get; init; } = 10;

    public double JitterMs { get; init; }

    /// <summary>0: as fast as you like.</summary>
    public double BitsPerSecond { get; init; }

    public int QueueBytes { get; init; } = 100_000;
}

/// <summary>Two associations with a link between them, in virtual time, everything drawn from one seed.</summary>
internal sealed class SctpPair : IDisposable
{
    private readonly Random _random;
    private readonly PriorityQueue<(int To, byte[] Packet), (long At, long Order)> _wire = new();
    private readonly byte[] _buffer = new byte[2048];
    private readonly double[] _busyUntil = new double[2];
    private readonly bool[] _inBurst = new bool[2];
    private readonly int[] _messages = new int[2];
    private long _order;

    public SctpPair(int seed, LinkBehaviour? link = null, Func<SctpOptions, SctpOptions>? configure = null)
    {
        Seed = seed;
        _random = new Random(seed);
        Link = link ?? new LinkBehaviour();
        configure ??= options => options;
        Ends =
        [
            new SctpAssociation(configure(new SctpOptions { Random = SeededRandom.Of(seed) })),
            new SctpAssociation(configure(new SctpOptions { Random = SeededRandom.Of(seed + 1_000_003) })),
        ];
    }

    public int Seed { get; }

    public LinkBehaviour Link { get; set; }

    public SctpAssociation[] Ends { get; }

    public SctpAssociation A => Ends[0];

    public SctpAssociation B => Ends[1];

    public Instant Now { get; private set; } = new(1_000_000);

    public List<(SctpEventKind Kind, int Channel, string Text, byte[] Payload, bool IsText, Instant At)>[] Events { get; } = [[], []];

    /// <summary>Sees each packet before the link; false swallows it.</summary>
    public Func<int, byte[], bool>? Tap { get; set; }

    /// <summary>Called for each event, so that a test can answer at once.</summary>
    public Action<int, SctpEvent>? OnEvent { get; set; }

    /// <summary>An end that doesn't take its events: its receive window fills.</summary>
    public bool[] HoldEvents { get; } = [false, false];

    public bool KeepEvents { get; set; } = true;

    public int LongestPacket { get; private set; }

    public SctpPair Connect(bool both = true)
    {
        A.Connect(Now, isDtlsClient: true, 5000);
        if (both)
        {
            B.Connect(Now, isDtlsClient: false, 5000);
        }

        Pump();
        return this;
    }

    public SctpPair Connected()
    {
        Connect();
        RunUntil(() => A.IsConnected && B.IsConnected, 30_000);
        return this;
    }

    public int Open(string label = "vision", ChannelOptions? options = null)
    {
        int id = A.OpenChannel(label, options ?? new ChannelOptions());
        Assert.True(id >= 0);
        return id;
    }

    /// <summary>The number that B gave to the channel with this label.</summary>
    public int RemoteChannel(string label = "vision", int end = 1) =>
        Events[end].First(e => e.Kind == SctpEventKind.ChannelOpened && e.Text == label).Channel;

    public int MessageCount(int end) => _messages[end];

    public void RunFor(double milliseconds) => RunUntil(() => false, milliseconds, mustHappen: false);

    public void RunUntil(Func<bool> happened, double withinMs, bool mustHappen = true)
    {
        Instant end = Now + TimeSpan.FromMilliseconds(withinMs);
        Pump();
        while (!happened() && Now < end)
        {
            Instant next = Instant.Min(A.NextDeadline, B.NextDeadline);
            if (_wire.TryPeek(out _, out (long At, long Order) first))
            {
                next = Instant.Min(next, new Instant(first.At));
            }

            Now = next > end ? end : next < Now ? Now : next;
            while (_wire.TryPeek(out (int To, byte[] Packet) arriving, out first) && first.At <= Now.Microseconds)
            {
                _wire.Dequeue();
                Ends[arriving.To].Receive(Now, arriving.Packet);
                Pump();
            }

            A.Advance(Now);
            B.Advance(Now);
            Pump();
        }

        Assert.True(!mustHappen || happened(), $"seed {Seed}: did not happen within {withinMs} ms");
    }

    public void Pump()
    {
        for (bool again = true; again;)
        {
            again = false;
            for (int end = 0; end < 2; end++)
            {
                while (!HoldEvents[end] && Ends[end].TryTakeEvent(out SctpEvent taken))
                {
                    again = true;
                    _messages[end] += taken.Kind == SctpEventKind.Message ? 1 : 0;
                    if (KeepEvents)
                    {
                        Events[end].Add((taken.Kind, taken.ChannelId, taken.Text, taken.Payload.ToArray(), taken.IsText, Now));
                    }

                    OnEvent?.Invoke(end, taken);
                }

                while (Ends[end].TryTakePacket(Now, _buffer, out int length))
                {
                    again = true;
                    LongestPacket = Math.Max(LongestPacket, length);
                    Carry(end, _buffer.AsSpan(0, length).ToArray());
                }
            }
        }
    }

    public void Dispose()
    {
        A.Dispose();
        B.Dispose();
        Assert.Equal(0, A.BuffersHeld);
        Assert.Equal(0, B.BuffersHeld);
    }

    private void Carry(int from, byte[] packet)
    {
        if (Tap is not null && !Tap(from, packet))
        {
            return;
        }

        bool lost = _random.NextDouble() < (_inBurst[from] ? Link.BurstContinues : Link.Loss);
        _inBurst[from] = lost;
        if (lost)
        {
            return;
        }

        double now = Now.Milliseconds, leaves = now;
        if (Link.BitsPerSecond > 0)
        {
            double start = Math.Max(now, _busyUntil[from]);
            if ((start - now) * Link.BitsPerSecond / 8000 > Link.QueueBytes)
            {
                return;
            }

            leaves = _busyUntil[from] = start + (packet.Length * 8000 / Link.BitsPerSecond);
        }

        int copies = _random.NextDouble() < Link.Duplication ? 2 : 1;
        for (int i = 0; i < copies; i++)
        {
            double arrives = leaves + Link.DelayMs + (_random.NextDouble() * Link.JitterMs);
            _wire.Enqueue((1 - from, packet), ((long)(arrives * 1000), _order++));
        }
    }
}
