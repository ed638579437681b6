using Microsoft.Extensions.Logging.Abstractions;
using Rtc.Peer;
using Rtc.Peer.Dtls;
using Rtc.Server.Network;

namespace Rtc.Server.Tests.Network;

/// <summary>One peer's fault, or its owner's, ends that peer and nothing else.</summary>
public sealed class PeerSlotsTests : IDisposable
{
    private readonly DtlsIdentity _identity = DtlsIdentity.Create();
    private readonly PeerSlots _ports = new(new MediaClock(), static (_, _) => { }, NullLogger.Instance);

    public void Dispose()
    {
        foreach (PeerSlot port in _ports.All.ToArray())
        {
            _ports.Remove(port);
        }

        _identity.Dispose();
    }

    [Fact]
    public void A_peer_whose_owner_faults_when_it_is_flushed_is_closed_alone()
    {
        (PeerSlot faulty, PeerSlot sound) = OneOfEach();
        _ports.Flush(faulty);
        _ports.DrainMarked();
        Assert.True(faulty.IsRemoved);
        Assert.Equal([sound], _ports.All);
    }

    [Fact]
    public void Peer_whose_owner_throws_on_a_datagram_is_closed_and_forgotten()
    {
        (PeerSlot faulty, PeerSlot sound) = OneOfEach();
        byte[] check = StunCheck.For(faulty.Peer.LocalUfrag);
        byte[] another = StunCheck.For(sound.Peer.LocalUfrag);
        _ports.Receive(check, Ports.Address(9));
        Assert.Equal([sound], _ports.All);
        Assert.Equal(0, _ports.Unclaimed);
        _ports.Receive(check, Ports.Address(9));
        Assert.Equal(1, _ports.Unclaimed);
        _ports.Receive(another, Ports.Address(9));
        Assert.Equal(1, _ports.Unclaimed);
    }

    [Fact]
    public void Owner_that_throws_hears_that_its_peer_was_closed()
    {
        (PeerSlot faulty, _) = OneOfEach();
        _ports.Flush(faulty);
        _ports.DrainMarked();
        Assert.Equal(
            [(PeerEventKind.Closed, "closed by this side"), (PeerEventKind.Closed, "internal error")], ((Clumsy)faulty.Owner).Heard);
    }

    [Fact]
    public void Removed_peer_may_be_removed_and_flushed_again()
    {
        (_, PeerSlot sound) = OneOfEach();
        _ports.Remove(sound);
        _ports.Remove(sound);
        _ports.Flush(sound);
        _ports.DrainMarked();
        Assert.True(sound.IsRemoved);
        Assert.DoesNotContain(sound, _ports.All);
    }

    [Fact]
    public void A_call_that_throws_closes_its_peer_with_the_round_and_not_the_caller()
    {
        (PeerSlot faulty, PeerSlot sound) = OneOfEach();
        bool reached = false;
        Assert.False(_ports.Call(faulty, 1, static (_, _, _) => throw new InvalidOperationException("no")));
        Assert.False(_ports.Call(faulty, 1, (_, _, _) => reached = true));
        Assert.True(_ports.Call(sound, 1, static (_, _, _) => true));
        Assert.False(reached);
        Assert.Equal([faulty, sound], _ports.All);
        Assert.Equal(TimeSpan.Zero, _ports.UntilDue(TimeSpan.FromSeconds(1)));
        _ports.DrainMarked();
        Assert.Equal([sound], _ports.All);
        Assert.Equal([(PeerEventKind.Closed, "internal error")], ((Clumsy)faulty.Owner).Heard);
    }

    [Fact]
    public void Request_made_within_an_event_is_done_after_it_in_the_same_round()
    {
        var heard = new List<string>();
        PeerSlot second = _ports.Add(Ports.Peer(_identity), new Listener(_ => heard.Add("second")));
        PeerSlot first = _ports.Add(Ports.Peer(_identity), new Listener(port =>
        {
            heard.Add("first begins");
            second.Peer.Close(default);
            _ports.Flush(second);
            _ports.Flush(port);
            heard.Add("first ends");
        }));
        first.Peer.Close(default);
        _ports.Flush(first);
        Assert.Empty(heard);
        _ports.DrainMarked();
        Assert.Equal(["first begins", "first ends", "second"], heard);
    }

    /// <summary>The first one has an event waiting, at which its owner throws.</summary>
    private (PeerSlot Faulty, PeerSlot Sound) OneOfEach()
    {
        PeerSlot faulty = _ports.Add(Ports.Peer(_identity), new Clumsy());
        PeerSlot sound = _ports.Add(Ports.Peer(_identity), new Ports.Deaf());
        faulty.Peer.Close(default);
        return (faulty, sound);
    }

    private sealed class Listener(Action<PeerSlot> hear) : IPeerOwner
    {
        public void OnEvent(PeerSlot port, ref PeerEvent happened) => hear(port);
    }

    private sealed class Clumsy : IPeerOwner
    {
        public List<(PeerEventKind, string?)> Heard { get; } = [];

        public void OnEvent(PeerSlot port, ref PeerEvent happened)
        {
            Heard.Add((happened.Kind, happened.Reason));
            throw new InvalidOperationException("the owner's fault");
        }
    }
}
