using Rtc.Peer.Sdp;
using Rtc.Peer.Tests.Simulation;
using Xunit;

namespace Rtc.Peer.Tests.Peers;

public sealed class DataTests
{
    private static readonly OfferPlan s_plan = new() { DataChannel = true };

    [Fact]
    public void A_channel_carries_messages_both_ways()
    {
        using var world = new SimulatedWorld(5);
        int channel = world.A.Peer.OpenChannel(world.Now, "vision");
        world.Connect(s_plan);
        Assert.True(
            world.RunUntil(
                () => world.B.Saw(PeerEventKind.ChannelOpened) && world.A.Saw(PeerEventKind.ChannelOpened), TimeSpan.FromSeconds(2)));
        PeerEvent opened = world.B.Events.Find(e => e.Event.Kind == PeerEventKind.ChannelOpened).Event;
        Assert.Equal("vision", opened.Label);
        Assert.True(world.A.Peer.SendMessage(world.Now, channel, "to you"u8, isText: true));
        Assert.True(world.B.Peer.SendMessage(world.Now, opened.ChannelId, "to me"u8, isText: true));
        world.Run(TimeSpan.FromSeconds(1));
        Assert.Equal("to you", Assert.Single(world.B.Messages).Text);
        Assert.Equal("to me", Assert.Single(world.A.Messages).Text);
    }

    [Fact]
    public void Every_message_arrives_once_and_in_order_over_a_bad_link()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            using var world = new SimulatedWorld(seed)
            {
                Both = new LinkConditions { Loss = 0.1, Jitter = TimeSpan.FromMilliseconds(50), Reorders = true, Duplication = 0.05 },
            };
            int channel = world.A.Peer.OpenChannel(world.Now, "vision");
            world.Connect(s_plan);
            world.RunUntil(() => world.B.Saw(PeerEventKind.ChannelOpened), TimeSpan.FromSeconds(10));
            int sent = 0;
            world.Every(TimeSpan.FromMilliseconds(33), now =>
            {
                if (sent < 200)
                {
                    Assert.True(world.A.Peer.SendMessage(now, channel, System.Text.Encoding.UTF8.GetBytes($"{sent++}"), isText: true));
                }
            });
            world.RunUntil(() => world.B.Messages.Count == 200, TimeSpan.FromSeconds(60));
            Assert.True(
                world.B.Messages.Select(m => m.Text).SequenceEqual(Enumerable.Range(0, 200).Select(i => $"{i}")),
                $"seed {seed}: {world.B.Messages.Count} came");
        }
    }

    [Fact]
    public void Closing_says_goodbye_and_leaves_nothing()
    {
        EncodedFramePool pool;
        using (var world = new SimulatedWorld(6))
        {
            pool = world.Pool;
            world.A.Peer.OpenChannel(world.Now, "vision");
            world.Connect(new OfferPlan { DataChannel = true, Video = [MediaDirection.SendReceive] });
            using var camera = new SyntheticCamera(world, world.A);
            world.Run(TimeSpan.FromSeconds(2));
            world.A.Peer.Close(world.Now);
            world.Run(TimeSpan.FromMilliseconds(100));
            Assert.True(world.A.Saw(PeerEventKind.Closed));
            Assert.Equal(PeerEventKind.Closed, world.A.Events[^1].Event.Kind);
            Assert.True(world.B.Saw(PeerEventKind.Closed), "the other side has to hear it at once");
            Assert.Equal(Instant.Never, world.B.Peer.NextDeadline);
        }

        Assert.Equal(0, pool.Outstanding);
    }
}
