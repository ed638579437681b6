using Rtc.Peer.Sdp;
using Rtc.Peer.Tests.Simulation;
using Xunit;

namespace Rtc.Peer.Tests.Peers;

public sealed class ReconnectionTests
{
    private static readonly OfferPlan s_plan = new() { Video = [MediaDirection.SendReceive], DataChannel = true };

    [Fact]
    public void Lost_consent_is_told_and_a_restart_brings_media_back()
    {
        using var world = new SimulatedWorld(51);
        world.Connect(s_plan);
        using var camera = new SyntheticCamera(world, world.A);
        world.Run(TimeSpan.FromSeconds(2));
        world.Both = new LinkConditions { Blackout = true };
        world.Run(TimeSpan.FromSeconds(40));
        Assert.True(world.A.Saw(PeerEventKind.Disconnected) && world.B.Saw(PeerEventKind.Disconnected));
        Assert.False(world.A.Peer.IsConnected);
        world.Both = new LinkConditions();
        world.Run(TimeSpan.FromSeconds(5));
        Assert.False(world.A.Saw(PeerEventKind.Reconnected), "consent that was lost on an address needs a restart (RFC 7675)");

        string before = world.B.Peer.LocalUfrag;
        world.Negotiate(world.A, world.B, s_plan with { IceRestart = true });
        Assert.NotEqual(before, world.B.Peer.LocalUfrag);
        int frames = world.B.Frames.Count;
        world.Run(TimeSpan.FromSeconds(3));
        Assert.True(world.A.Saw(PeerEventKind.Reconnected) && world.B.Saw(PeerEventKind.Reconnected));
        Assert.True(world.B.Frames.Count - frames > 60, $"{world.B.Frames.Count - frames} frames after the restart");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Peer_without_a_path_asks_for_no_deadline_in_the_past(bool restarting)
    {
        using var world = new SimulatedWorld(57);
        world.Connect(s_plan);
        using var camera = new SyntheticCamera(world, world.A);
        world.Run(TimeSpan.FromSeconds(2));
        if (restarting)
        {
            world.Negotiate(world.A, world.B, s_plan with { IceRestart = true });
        }

        world.Both = new LinkConditions { Blackout = true };
        for (int step = 0; step < 700; step++)
        {
            world.Run(TimeSpan.FromMilliseconds(100));
            foreach (SimulatedEnd end in new[] { world.A, world.B })
            {
                Assert.True(
                    end.Peer.NextDeadline > world.Now,
                    $"{end.Name} after {world.Now.Milliseconds} ms: {end.Peer.NextDeadline.Microseconds - world.Now.Microseconds} µs");
            }
        }
    }

    [Fact]
    public void A_restart_under_way_costs_no_picture()
    {
        using var world = new SimulatedWorld(52);
        world.Connect(s_plan);
        using var camera = new SyntheticCamera(world, world.A);
        world.Run(TimeSpan.FromSeconds(2));
        world.Negotiate(world.B, world.A, s_plan with { IceRestart = true }); // by the side that answered first
        world.Run(TimeSpan.FromSeconds(3));
        Assert.True(FrameGaps.Longest(world.B.Frames) < 150);
        Assert.False(world.A.Saw(PeerEventKind.Disconnected));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void A_lite_side_connects_whether_it_offers_or_answers(bool offererIsLite, bool answererIsLite)
    {
        using var world = new SimulatedWorld(
            53, options => options with { IceLite = offererIsLite }, options => options with { IceLite = answererIsLite });
        world.Connect(s_plan);
        using var camera = new SyntheticCamera(world, world.A);
        world.Run(TimeSpan.FromSeconds(60)); // longer than consent lasts
        Assert.True(world.A.Peer.IsConnected && world.B.Peer.IsConnected);
        Assert.True(world.B.Frames.Count > 1700);
    }

    [Fact]
    public void A_peer_without_candidates_in_its_description_is_found_by_its_checks()
    {
        using var world = new SimulatedWorld(54, options => options with { LocalCandidates = [] });
        world.Connect(s_plan);
        Assert.True(world.A.When(PeerEventKind.Connected) < Instant.FromMilliseconds(300));
    }

    [Fact]
    public void A_changed_certificate_is_refused()
    {
        using var world = new SimulatedWorld(55);
        world.Connect(s_plan);
        string offer = world.A.Peer.CreateOffer(world.Now, s_plan);
        int at = offer.IndexOf("a=fingerprint:sha-256 ", StringComparison.Ordinal) + 22;
        string other = offer[..at] + (offer[at] == 'A' ? 'B' : 'A') + offer[(at + 1)..];
        world.B.Peer.TryAnswer(world.Now, other, new AnswerPolicy(), out _, out _);
        Assert.True(world.B.Peer.IsClosed);
    }

    [Fact]
    public void A_description_that_is_none_changes_nothing()
    {
        using var world = new SimulatedWorld(56);
        world.Connect(s_plan);
        Assert.False(world.B.Peer.TryAnswer(world.Now, "hello", new AnswerPolicy(), out string answer, out string? error));
        Assert.Equal("", answer);
        Assert.False(string.IsNullOrEmpty(error));
        Assert.False(world.B.Peer.TryAddRemoteCandidate(world.Now, "candidate:what", null, out error));
        Assert.True(world.B.Peer.TryAddRemoteCandidate(world.Now, "candidate:1 1 udp 1 7a1b.local 9 typ host", null, out error), error);
        world.Run(TimeSpan.FromSeconds(1));
        Assert.True(world.B.Peer.IsConnected);
    }
}
