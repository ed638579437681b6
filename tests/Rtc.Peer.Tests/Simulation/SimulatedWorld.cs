using Rtc.Peer.Dtls;
using Rtc.Peer.Ice;
using Rtc.Peer.Primitives;
using Rtc.Peer.Sdp;
using Xunit;

namespace Rtc.Peer.Tests.Simulation;

/// <summary>
/// Two of our peers, a network between them, and the clock. Everything happens in virtual time, in an order that the
/// seed alone decides.
/// </summary>
public sealed class SimulatedWorld : IDisposable
{
    private static readonly DtlsIdentity s_identityA = DtlsIdentity.Create();
    private static readonly DtlsIdentity s_identityB = DtlsIdentity.Create();

    // A busy call takes a few thousand steps a second of virtual time.
    private const int MaxSteps = 50_000;

    private readonly Random _lateness;
    private readonly List<Repeating> _repeating = [];
    private readonly PriorityQueue<Action, long> _once = new();

    public SimulatedWorld(int seed, Func<PeerOptions, PeerOptions>? forA = null, Func<PeerOptions, PeerOptions>? forB = null)
    {
        Seed = seed;
        var random = new Random(seed);
        _lateness = new Random(~seed);
        var a = TransportAddress.FromIPv4(0x0A000001, 5001);
        var b = TransportAddress.FromIPv4(0x0A000002, 5002);
        A = new SimulatedEnd("A", Options(s_identityA, a, random, forA), a);
        B = new SimulatedEnd("B", Options(s_identityB, b, random, forB), b);
        ToA = new SimulatedLink(random.Next());
        ToB = new SimulatedLink(random.Next());
        Random = random;
    }

    public int Seed { get; }

    /// <summary>Both peers' frames, apart from other tests': nothing may be missing in the end.</summary>
    public EncodedFramePool Pool { get; } = new();

    public Random Random { get; }

    public SimulatedEnd A { get; }

    public SimulatedEnd B { get; }

    public SimulatedLink ToA { get; }

    public SimulatedLink ToB { get; }

    public Instant Now { get; private set; }

    public LinkConditions Both
    {
        set
        {
            ToA.Conditions = value;
            ToB.Conditions = value;
        }
    }

    /// <summary>A loop with other work comes up to this late to each deadline.</summary>
    public TimeSpan MaxLateness { get; set; }

    /// <summary>Turns a datagram on its way into something else, or into nothing (null).</summary>
    public Func<Datagram, Datagram?>? Meddle { get; set; }

    /// <summary>A offers, B answers.</summary>
    public void Connect(OfferPlan plan, AnswerPolicy? policy = null)
    {
        Negotiate(A, B, plan, policy);
        Assert.True(
            RunUntil(() => A.Peer.IsConnected && B.Peer.IsConnected, TimeSpan.FromSeconds(30)),
            $"seed {Seed}: no connection after 30 s; A: {Describe(A)}; B: {Describe(B)}");
    }

    public void Negotiate(SimulatedEnd offerer, SimulatedEnd answerer, OfferPlan plan, AnswerPolicy? policy = null)
    {
        string offer = offerer.Peer.CreateOffer(Now, plan);
        Assert.True(answerer.Peer.TryAnswer(Now, offer, policy ?? new AnswerPolicy(), out string answer, out string? error), error);
        Assert.True(offerer.Peer.TryAcceptAnswer(Now, answer, out error), error);
        Drain();
    }

    /// <summary>
    /// An ICE restart by a client that opens a new socket for it: what it sends comes from a new port from now on, nothing
    /// reaches the old one, and the answer takes its time.
    /// </summary>
    public void RestartFromNewPort(SimulatedEnd offerer, SimulatedEnd answerer, OfferPlan plan, TimeSpan answerAfter)
    {
        offerer.Address = offerer.Address with { Port = (ushort)(offerer.Address.Port + 1000) };
        string offer = offerer.Peer.CreateOffer(Now, plan with { IceRestart = true });
        Assert.True(answerer.Peer.TryAnswer(Now, offer, new AnswerPolicy(), out string answer, out string? error), error);
        After(answerAfter, () => Assert.True(offerer.Peer.TryAcceptAnswer(Now, answer, out string? refused), refused));
        Drain();
    }

    public void Every(TimeSpan period, Action<Instant> act, TimeSpan? from = null) =>
        _repeating.Add(new Repeating(period, act) { Next = Now + (from ?? TimeSpan.Zero) });

    public void After(TimeSpan delay, Action act) => _once.Enqueue(act, (Now + delay).Microseconds);

    public void Run(TimeSpan time) => RunUntil(static () => false, time);

    public bool RunUntil(Func<bool> done, TimeSpan limit)
    {
        Instant end = Now + limit;
        Drain();
        int idle = 0;
        long steps = 0;
        while (!done())
        {
            Instant next = NextInstant();
            if (next > end)
            {
                Now = end;
                return done();
            }

            // A deadline in the past is a peer that wants to be called again at once; it must not want that for ever.
            idle = next <= Now ? idle + 1 : 0;
            Assert.True(idle < 10_000, $"seed {Seed}: the clock stands still at {Now.Milliseconds} ms ({Describe(A)}, {Describe(B)})");
            Assert.True(
                steps++ < MaxSteps + (limit.TotalSeconds * MaxSteps),
                $"seed {Seed}: the clock crawls at {Now.Microseconds} us, links {ToA.NextArrival.Microseconds} "
                    + $"{ToB.NextArrival.Microseconds} ({Describe(A)}, {Describe(B)})");
            Now = next > Now ? next : Now;
            Step();
        }

        return true;
    }

    public void Drain()
    {
        bool again = true;
        while (again)
        {
            again = Drain(A, ToB) | Drain(B, ToA);
        }
    }

    public void Dispose()
    {
        A.Dispose();
        B.Dispose();
    }

    private PeerOptions Options(DtlsIdentity identity, TransportAddress address, Random random, Func<PeerOptions, PeerOptions>? change)
    {
        var options = new PeerOptions
        {
            Identity = identity,
            LocalCandidates = [new LocalCandidate(address, CandidateKind.Host)],
            Random = new SeededRandom((ulong)random.NextInt64()),
            VirtualTime = true,
            Pool = Pool,
            NtpAtOrigin = 0xE000_0000_0000_0000,
        };
        return change?.Invoke(options) ?? options;
    }

    private static string Describe(SimulatedEnd end) =>
        $"{end.Name} deadline {end.Peer.NextDeadline.Microseconds} events "
            + $"{string.Join(',', end.Events.Select(e => $"{e.Event.Kind}({e.Event.Reason})"))}";

    private Instant NextInstant()
    {
        Instant next = Instant.Min(ToA.NextArrival, ToB.NextArrival);
        next = Instant.Min(next, Instant.Min(A.NextCall, B.NextCall));
        foreach (Repeating repeating in _repeating)
        {
            next = Instant.Min(next, repeating.Next);
        }

        return _once.TryPeek(out _, out long at) ? Instant.Min(next, new Instant(at)) : next;
    }

    private void Step()
    {
        while (_once.TryPeek(out Action? act, out long at) && at <= Now.Microseconds)
        {
            _once.Dequeue();
            act();
            Drain();
        }

        foreach (Repeating repeating in _repeating)
        {
            if (repeating.Next <= Now)
            {
                repeating.Next = Now + repeating.Period;
                repeating.Act(Now);
                Drain();
            }
        }

        Deliver(ToA, A);
        Deliver(ToB, B);
        foreach (SimulatedEnd end in new[] { A, B })
        {
            if (end.NextCall <= Now)
            {
                end.Lateness = MaxLateness * _lateness.NextDouble();
                end.Peer.Advance(Now);
                Drain();
            }
        }
    }

    private void Deliver(SimulatedLink link, SimulatedEnd end)
    {
        while (link.TryReceive(Now, out Datagram datagram))
        {
            if (datagram.To != end.Address)
            {
                continue; // gone to where it was before
            }

            Datagram? arriving = Meddle is null ? datagram : Meddle(datagram);
            if (arriving is { } given)
            {
                end.Peer.Receive(Now, given.Data, given.From);
                Drain();
            }
        }
    }

    private bool Drain(SimulatedEnd end, SimulatedLink link)
    {
        bool any = false;
        int taken = 0;
        while (end.Peer.TryTakeDatagram(out OutgoingDatagram datagram))
        {
            any = true;
            Assert.True(
                taken++ < MaxSteps,
                $"seed {Seed}: {end.Name} sends without end at {Now.Microseconds} us: "
                    + $"{Convert.ToHexString(datagram.Data.Span[..Math.Min(24, datagram.Data.Length)])} to {datagram.To}");
            link.Send(Now, datagram.Data.Span, end.Address, datagram.To);
        }

        end.DrainEvents(Now);
        return any;
    }

    private sealed class Repeating(TimeSpan period, Action<Instant> act)
    {
        public TimeSpan Period { get; } = period;

        public Action<Instant> Act { get; } = act;

        public Instant Next { get; set; }
    }
}
