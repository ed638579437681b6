using Rtc.Peer.Ice;
using Rtc.Peer.Primitives;
using Rtc.Peer.Tests.Simulation;

namespace Rtc.Peer.Tests.Ice;

/// <summary>Two agents joined by a wire without loss, with 10 ms each way; what they send can be filtered.</summary>
internal sealed class AgentPair
{
    private readonly List<(Instant At, bool ToLeft, byte[] Data, TransportAddress From)> _inFlight = [];

    public AgentPair(
        bool leftControls, bool rightControls, IceSettings? left = null, IceSettings? right = null, bool trickle = true, ulong seed = 1)
    {
        LeftAddress = TransportAddress.FromIPv4(0x0A000001, 1);
        RightAddress = TransportAddress.FromIPv4(0x0A000002, 2);
        Left = Create(left, leftControls, seed);
        Right = Create(right, rightControls, seed + 100);
        Left.SetRemote(default, Right.Local.Ufrag, Right.Local.Password, right?.Lite ?? false);
        Right.SetRemote(default, Left.Local.Ufrag, Left.Local.Password, left?.Lite ?? false);
        if (trickle)
        {
            Left.AddRemoteCandidate(default, RightAddress, CandidateKind.Host, 2130706431);
            Right.AddRemoteCandidate(default, LeftAddress, CandidateKind.Host, 2130706431);
        }
    }

    public IceAgent Left { get; }

    public IceAgent Right { get; }

    public TransportAddress LeftAddress { get; set; }

    public TransportAddress RightAddress { get; set; }

    public Instant Now { get; private set; }

    public Func<bool, byte[], bool>? Passes { get; set; }

    public void Run(TimeSpan time)
    {
        Instant end = Now + time;
        Drain();
        while (true)
        {
            Instant next = Instant.Min(Left.NextDeadline, Right.NextDeadline);
            foreach ((Instant at, _, _, _) in _inFlight)
            {
                next = Instant.Min(next, at);
            }

            if (next > end)
            {
                Now = end;
                return;
            }

            Now = next > Now ? next : Now;
            Left.Advance(Now);
            Right.Advance(Now);
            Deliver();
            Drain();
        }
    }

    private static IceAgent Create(IceSettings? settings, bool controls, ulong seed)
    {
        var random = SeededRandom.Of(seed);
        return new IceAgent(settings ?? new IceSettings(), IceCredentials.Create(random), controls, random);
    }

    private void Deliver()
    {
        foreach ((Instant at, bool toLeft, byte[] data, TransportAddress from) in _inFlight.ToArray())
        {
            if (at <= Now)
            {
                (toLeft ? Left : Right).Receive(Now, data, from);
            }
        }

        _inFlight.RemoveAll(d => d.At <= Now);
    }

    private void Drain()
    {
        Take(Left, toLeft: false, LeftAddress, RightAddress);
        Take(Right, toLeft: true, RightAddress, LeftAddress);
    }

    private void Take(IceAgent agent, bool toLeft, TransportAddress from, TransportAddress reachable)
    {
        while (agent.Outbox.TryTake(out ReadOnlyMemory<byte> data, out TransportAddress to))
        {
            if (to == reachable && (Passes?.Invoke(toLeft, data.ToArray()) ?? true))
            {
                _inFlight.Add((Now + TimeSpan.FromMilliseconds(10), toLeft, data.ToArray(), from));
            }
        }
    }
}
