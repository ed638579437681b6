using System.Buffers.Binary;
using Rtc.Peer.Sctp;
using Rtc.Peer.Tests.Simulation;
using Xunit;

namespace Rtc.Peer.Tests.Sctp;

/// <summary>Handshakes that go wrong, channels by the thousand, closings of every kind.</summary>
public sealed class SctpLifecycleTests(ITestOutputHelper output)
{
    [Fact]
    public void Handshake_survives_loss_duplication_and_reordering()
    {
        double longest = 0;
        for (int seed = 1; seed <= 100; seed++)
        {
            using var pair = new SctpPair(
                seed, new LinkBehaviour { Loss = 0.25, BurstContinues = 0.25, Duplication = 0.2, DelayMs = 5, JitterMs = 60 });
            int channel = pair.Open();
            Instant start = pair.Now;
            pair.Connected();
            longest = Math.Max(longest, (pair.Now - start).TotalMilliseconds);
            pair.A.Send(pair.Now, channel, [1], false);
            pair.RunUntil(() => pair.MessageCount(1) == 1, 30_000);
            Assert.Single(pair.Events[0], e => e.Kind == SctpEventKind.Connected);
            Assert.Single(pair.Events[1], e => e.Kind == SctpEventKind.Connected);
        }

        Assert.True(longest < 8_000);
        output.WriteLine($"seeds 1 to 100: longest handshake {longest:F0} ms");
    }

    [Fact]
    public void Handshake_without_an_answer_ends_with_a_reason()
    {
        using var pair = new SctpPair(1, new LinkBehaviour { Loss = 1, BurstContinues = 1 });
        pair.Connect();
        pair.RunUntil(() => pair.A.IsClosed, 90_000);
        Assert.Equal("the other end did not answer the SCTP handshake", pair.Events[0][^1].Text);
        Assert.Equal(Instant.Never, pair.A.NextDeadline);
    }

    [Fact]
    public void Peer_that_falls_silent_ends_the_association()
    {
        using var pair = new SctpPair(2, null, options => options with { MaxRetransmissions = 4 });
        int channel = pair.Open();
        pair.Connected();
        pair.RunFor(100);
        pair.Link = new LinkBehaviour { Loss = 1, BurstContinues = 1 };
        pair.A.Send(pair.Now, channel, [1], false);
        pair.RunUntil(() => pair.A.IsClosed, 60_000);
        Assert.Equal("the other end stopped acknowledging", pair.Events[0][^1].Text);
        Assert.Equal(0, pair.A.BuffersHeld);
    }

    [Fact]
    public void Thousands_of_channels_open_speak_and_close()
    {
        const int Channels = 1500;
        using var pair = new SctpPair(3, new LinkBehaviour { Loss = 0.02, DelayMs = 10 });
        pair.Connected();
        int[] mine = [.. Enumerable.Range(0, Channels).Select(i => pair.Open($"channel {i}"))];
        foreach (int id in mine)
        {
            Assert.Equal(SctpSendResult.Queued, pair.A.Send(pair.Now, id, BitConverter.GetBytes(id), false));
        }

        pair.RunUntil(() => pair.MessageCount(1) == Channels, 30_000);
        Assert.Equal(Channels, pair.B.ChannelCount);
        var labels = pair.Events[1].Where(e => e.Kind == SctpEventKind.ChannelOpened).ToDictionary(e => e.Channel, e => e.Text);
        foreach (var e in pair.Events[1].Where(e => e.Kind == SctpEventKind.Message))
        {
            Assert.Equal($"channel {Array.IndexOf(mine, BitConverter.ToInt32(e.Payload))}", labels[e.Channel]);
        }

        foreach (int id in mine)
        {
            pair.A.CloseChannel(id);
        }

        pair.RunUntil(() => pair.A.ChannelCount == 0 && pair.B.ChannelCount == 0, 60_000);
        Assert.Equal(Channels, pair.Events[0].Count(e => e.Kind == SctpEventKind.ChannelClosed));
        Assert.Equal(Channels, pair.Events[1].Count(e => e.Kind == SctpEventKind.ChannelClosed));
        pair.RunFor(20_000);
        Assert.Equal(0, pair.A.BuffersHeld);
        Assert.Equal(0, pair.B.BuffersHeld);
    }

    [Fact]
    public void Closed_channel_delivers_what_was_sent_and_its_stream_can_be_used_again()
    {
        for (int seed = 1; seed <= 10; seed++)
        {
            using var pair = new SctpPair(seed, new LinkBehaviour { Loss = 0.1, BurstContinues = 0.2, DelayMs = 15, JitterMs = 15 });
            pair.Connected();
            for (int round = 0; round < 5; round++)
            {
                string label = $"round {round}";
                int id = pair.A.OpenChannel(label, new ChannelOptions { NegotiatedId = null });
                int before = pair.MessageCount(1);
                for (int i = 0; i < 10; i++)
                {
                    Assert.Equal(SctpSendResult.Queued, pair.A.Send(pair.Now, id, new byte[2000], false));
                }

                pair.A.CloseChannel(id);
                Assert.Equal(SctpSendResult.NotOpen, pair.A.Send(pair.Now, id, [1], false));
                pair.RunUntil(() => pair.A.ChannelCount == 0 && pair.B.ChannelCount == 0, 60_000);
                Assert.Equal(before + 10, pair.MessageCount(1));
                Assert.Contains(pair.Events[1], e => e.Kind == SctpEventKind.ChannelClosed && e.Text == label);
            }
        }
    }

    /// <summary>As Chromium does, whose next channel takes the lowest stream that is free.</summary>
    [Fact]
    public void Stream_that_was_closed_is_taken_again_at_once()
    {
        const int Rounds = 20;
        for (int seed = 1; seed <= 20; seed++)
        {
            using var pair = new SctpPair(seed, new LinkBehaviour { Loss = 0.2, DelayMs = 15, JitterMs = 15 });
            pair.Tap = (from, packet) =>
            {
                if (from == 1 && (ChunkType)packet[12] is ChunkType.Init or ChunkType.InitAck)
                {
                    // Two streams alone, so that the next channel has no other to take.
                    BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(26), 2);
                    SctpChecksum.Write(packet);
                }

                return true;
            };
            int round = 0;
            pair.OnEvent = (end, happened) =>
            {
                if (end == 0 && happened.Kind == SctpEventKind.ChannelClosed && ++round < Rounds)
                {
                    Speak();
                }
            };
            pair.Connected();
            Speak();
            pair.RunUntil(() => round == Rounds && pair.B.ChannelCount == 0, 120_000);
            Assert.Equal(Rounds, pair.MessageCount(1));
            Assert.Equal(Rounds, pair.Events[1].Count(e => e.Kind == SctpEventKind.ChannelClosed));

            void Speak()
            {
                int id = pair.Open($"round {round}");
                Assert.Equal(SctpSendResult.Queued, pair.A.Send(pair.Now, id, [1], false));
                pair.A.CloseChannel(id);
            }
        }
    }

    [Fact]
    public void Both_ends_may_close_a_channel_at_once()
    {
        for (int seed = 1; seed <= 20; seed++)
        {
            using var pair = new SctpPair(seed, new LinkBehaviour { Loss = 0.1, DelayMs = 15, JitterMs = 30 });
            int id = pair.Open();
            pair.Connected();
            pair.RunUntil(() => pair.B.ChannelCount == 1, 10_000);
            pair.A.CloseChannel(id);
            pair.B.CloseChannel(pair.RemoteChannel());
            pair.RunUntil(() => pair.A.ChannelCount == 0 && pair.B.ChannelCount == 0, 60_000);
            Assert.Single(pair.Events[0], e => e.Kind == SctpEventKind.ChannelClosed);
            Assert.Single(pair.Events[1], e => e.Kind == SctpEventKind.ChannelClosed);
        }
    }

    [Fact]
    public void Negotiated_channel_needs_no_announcement()
    {
        using var pair = new SctpPair(4);
        pair.Connected();
        var options = new ChannelOptions { NegotiatedId = 77, Ordered = false };
        int a = pair.A.OpenChannel("a", options), b = pair.B.OpenChannel("b", options);
        Assert.Equal(-1, pair.A.OpenChannel("twice", options));
        pair.A.Send(pair.Now, a, [1], false);
        pair.B.Send(pair.Now, b, [2, 2], false);
        pair.RunUntil(() => pair.MessageCount(0) == 1 && pair.MessageCount(1) == 1, 1000);
        Assert.DoesNotContain(pair.Events[0], e => e.Kind == SctpEventKind.ChannelOpened && e.Text == "b");
    }

    [Fact]
    public void Channels_of_both_ends_take_different_streams_and_carry_their_options()
    {
        using var pair = new SctpPair(5);
        var parities = new HashSet<(int From, int Parity)>();
        pair.Tap = (from, packet) =>
        {
            if (packet[12] == (byte)ChunkType.Data && packet[27] == (byte)PayloadProtocol.Dcep && packet[28] == DcepOpenView.OpenType)
            {
                parities.Add((from, packet[21] & 1));
            }

            return true;
        };
        pair.Connected();
        pair.A.OpenChannel("ä", new ChannelOptions { Protocol = "p", Ordered = false, MaxRetransmits = 3 });
        pair.B.OpenChannel("b", new ChannelOptions { MaxLifetimeMs = 250 });
        pair.RunFor(200);
        Assert.Equal([(0, 0), (1, 1)], parities.Order());
        Assert.Contains(pair.Events[1], e => e.Kind == SctpEventKind.ChannelOpened && e.Text == "ä");
        Assert.Equal(2, pair.A.ChannelCount);
        Assert.Equal(2, pair.B.ChannelCount);
    }

    [Fact]
    public void Too_many_channels_are_refused_on_both_sides()
    {
        using var pair = new SctpPair(6, null, options => options with { MaxChannels = 10 });
        pair.Connected();
        for (int i = 0; i < 10; i++)
        {
            pair.Open($"{i}");
        }

        Assert.Equal(-1, pair.A.OpenChannel("11", new ChannelOptions()));
        pair.RunFor(200);
        pair.B.OpenChannel("b", new ChannelOptions());
        Assert.Equal(10, pair.B.ChannelCount);
    }

    [Fact]
    public void Shutdown_waits_for_what_was_sent()
    {
        for (int seed = 1; seed <= 20; seed++)
        {
            using var pair = new SctpPair(seed, new LinkBehaviour { Loss = 0.1, DelayMs = 10, JitterMs = 20 });
            int id = pair.Open();
            pair.Connected();
            for (int i = 0; i < 20; i++)
            {
                pair.A.Send(pair.Now, id, new byte[3000], false);
            }

            pair.A.Shutdown();
            if (seed % 2 == 0)
            {
                pair.B.Shutdown();
            }

            Assert.Equal(SctpSendResult.NotOpen, pair.A.Send(pair.Now, id, [1], false));
            pair.RunUntil(() => pair.A.IsClosed, 60_000);
            Assert.Equal(20, pair.MessageCount(1));
        }
    }

    [Fact]
    public void Abort_ends_both_at_once_and_tells_why()
    {
        using var pair = new SctpPair(7);
        int id = pair.Open();
        pair.Connected();
        pair.A.Send(pair.Now, id, new byte[200_000], false);
        pair.A.Close("room closed");
        pair.RunFor(100);
        Assert.True(pair.A.IsClosed && pair.B.IsClosed);
        Assert.Equal("the other end aborted the association: room closed", pair.Events[1][^1].Text);
        Assert.Equal(Instant.Never, pair.A.NextDeadline);
        Assert.Equal(0, pair.A.BuffersHeld);
        Assert.Equal(0, pair.B.BuffersHeld);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Channels_close_with_their_association(bool abort)
    {
        using var pair = new SctpPair(7);
        pair.Open();
        pair.Connected();
        pair.RunFor(100);
        if (abort)
        {
            pair.A.Close("room closed");
        }
        else
        {
            pair.A.Shutdown();
        }

        pair.RunUntil(() => pair.A.IsClosed && pair.B.IsClosed, 10_000);
        Assert.All(pair.Events, events => Assert.Equal(
            [SctpEventKind.ChannelOpened, SctpEventKind.ChannelClosed, SctpEventKind.Closed],
            events.Select(e => e.Kind).Where(kind => kind != SctpEventKind.Connected)));
    }

    [Fact]
    public void Restarted_peer_closes_the_old_association()
    {
        using var pair = new SctpPair(8);
        pair.Connected();
        using var fresh = new SctpAssociation(new SctpOptions { Random = SeededRandom.Of(99) });
        fresh.Connect(pair.Now, true, 5000);
        var buffer = new byte[1200];
        for (int i = 0; i < 4; i++)
        {
            while (fresh.TryTakePacket(pair.Now, buffer, out int length))
            {
                pair.B.Receive(pair.Now, buffer.AsSpan(0, length));
            }

            while (pair.B.TryTakePacket(pair.Now, buffer, out int length))
            {
                fresh.Receive(pair.Now, buffer.AsSpan(0, length));
            }
        }

        Assert.True(pair.B.IsClosed);
    }

    [Fact]
    public void Idle_association_beats_and_measures()
    {
        using var pair = new SctpPair(9, new LinkBehaviour { DelayMs = 40 });
        pair.Connected();
        long before = pair.A.Stats.PacketsSent;
        pair.RunFor(120_000);
        Assert.InRange(pair.A.Stats.PacketsSent - before, 3, 20);
        Assert.True(pair.A.IsConnected);
    }

    [Fact]
    public void Cookie_is_refused_when_it_was_touched_or_is_old()
    {
        var key = new byte[16];
        Instant now = new(5_000_000);
        var cookie = new StateCookie
        {
            CreatedAt = now, LocalTag = 1, PeerTag = 2, PeerTsn = new Tsn(3), PeerWindow = 4, PeerInboundStreams = 5, ForwardTsn = true,
            Reconfig = false,
        };
        var bytes = new byte[StateCookie.Length];
        cookie.Write(bytes, key);
        Assert.True(StateCookie.TryRead(bytes, key, now, out StateCookie read));
        Assert.Equal(cookie, read);
        Assert.False(StateCookie.TryRead(bytes, key, now + TimeSpan.FromSeconds(61), out _));
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= 0x40;
            Assert.False(StateCookie.TryRead(bytes, key, now, out _));
            bytes[i] ^= 0x40;
            Assert.False(StateCookie.TryRead(bytes.AsSpan(0, i), key, now, out _));
        }
    }
}
