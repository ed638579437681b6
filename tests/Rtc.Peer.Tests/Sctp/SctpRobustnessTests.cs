using System.Buffers.Binary;
using Rtc.Peer.Sctp;
using Xunit;

namespace Rtc.Peer.Tests.Sctp;

/// <summary>Whatever arrives is dropped and counted, costs bounded memory and draws no answer that it didn't earn.</summary>
public sealed class SctpRobustnessTests(ITestOutputHelper output)
{
    [Fact]
    public void Garbage_is_counted_by_reason_and_never_answered()
    {
        using var pair = new SctpPair(1);
        pair.Connected();
        pair.RunFor(1000);
        long sent = pair.B.Stats.PacketsSent;
        var random = new Random(1);
        for (int i = 0; i < 10_000; i++)
        {
            var packet = new byte[random.Next(0, 1500)];
            random.NextBytes(packet);
            pair.B.Receive(pair.Now, packet);
        }

        byte[] rightSumWrongPort = new byte[16];
        SctpChecksum.Write(rightSumWrongPort);
        pair.B.Receive(pair.Now, rightSumWrongPort);
        byte[] wrongTag = Packet(12345, [(byte)ChunkType.Sack, 0, 0, 16, .. new byte[12]]);
        pair.B.Receive(pair.Now, wrongTag);
        pair.RunFor(1000);
        Assert.Equal(sent, pair.B.Stats.PacketsSent);
        Assert.True(pair.B.Stats.Dropped(SctpDrop.Malformed) > 100);
        Assert.True(pair.B.Stats.Dropped(SctpDrop.BadChecksum) > 100);
        Assert.Equal(1, pair.B.Stats.Dropped(SctpDrop.WrongPort));
        Assert.Equal(1, pair.B.Stats.Dropped(SctpDrop.WrongTag));
        Assert.Equal(0, pair.B.BuffersHeld);
    }

    [Fact]
    public void Every_parser_survives_truncation_at_every_byte()
    {
        foreach (byte[] packet in Recorded(seed: 3))
        {
            for (int length = 0; length <= packet.Length; length++)
            {
                ParseAll(packet.AsSpan(0, length));
                if (length >= 16)
                {
                    // The same with a sum that fits, into a live association.
                    byte[] cut = packet[..(length & ~3)];
                    SctpChecksum.Write(cut);
                    ParseAll(cut);
                }
            }
        }
    }

    [Fact]
    public void Malformed_chunks_are_refused()
    {
        Assert.False(InitView.TryParse(new byte[15], out _));
        Assert.False(InitView.TryParse(new byte[16], out _), "tag 0");
        byte[] init = [0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0];
        Assert.True(InitView.TryParse(init, out _));
        Assert.False(InitView.TryParse([.. init, 0, 7, 0, 3], out _), "parameter shorter than its header");
        Assert.False(InitView.TryParse([.. init, 0, 7, 0, 99], out _), "parameter longer than the chunk");
        Assert.False(SackView.TryParse(new byte[11], out _));
        Assert.False(SackView.TryParse([0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0], out _), "a gap block is announced and missing");
        Assert.False(SackView.TryParse([0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 5, 0, 4], out _), "a block that ends before it begins");
        Assert.False(SackView.TryParse([0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 5, 0, 6, 0, 6, 0, 7], out _), "blocks that overlap");
        Assert.True(SackView.TryParse([0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 5, 0, 6, 0, 8, 0, 8], out _));
        Assert.False(ForwardTsnView.TryParse(new byte[3], out _));
        Assert.False(ForwardTsnView.TryParse(new byte[6], out _));
        Assert.False(OutgoingResetView.TryParse(new byte[11], out _));
        Assert.False(DataView.TryParse(new ChunkView(ChunkType.Data, 3, new byte[12]), out _), "no user data");
        Assert.False(DcepOpenView.TryParse(new byte[11], out _));
        Assert.False(DcepOpenView.TryParse([3, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0], out _), "a label is announced and missing");
        Assert.False(DcepOpenView.TryParse([3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], out _), "unknown channel type");
        Assert.True(DcepOpenView.TryParse([3, 0x82, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0], out DcepOpenView open));
        Assert.Equal((false, null, 9), (open.Ordered, open.MaxRetransmits, open.MaxLifetimeMs));
    }

    [Fact]
    public void Live_association_survives_mutated_packets()
    {
        int iterations = Fuzz.Inputs(20_000);
        const int Seed = 424242;
        output.WriteLine($"seed {Seed}, {iterations} iterations");
        var random = new Random(Seed);
        List<byte[]> corpus = Recorded(seed: 4);
        long most = 0, longest = 0;
        int associations = 0;
        for (int done = 0; done < iterations;)
        {
            associations++;
            var pair = new SctpPair(
                random.Next(), null, options => options with { ReceiveBufferSize = 100_000, MaxMessageSize = 20_000, MaxChannels = 50 })
            {
                KeepEvents = false,
            };
            // The last genuine packet of the other end: its header has the right tag.
            byte[] genuine = [];
            pair.Tap = (from, packet) =>
            {
                genuine = from == 0 ? packet : genuine;
                return true;
            };
            int channel = pair.Open();
            pair.Connected();
            pair.RunFor(50);
            for (int i = 0; i < 500 && !pair.B.IsClosed; i++, done++)
            {
                if (i % 20 == 0)
                {
                    pair.A.Send(pair.Now, channel, new byte[random.Next(1, 4000)], false);
                    pair.RunFor(5);
                }

                byte[] packet = Mutate(random, corpus, genuine);
                long before = pair.B.Stats.PacketsSent;
                pair.B.Receive(pair.Now, packet);
                pair.Pump();
                most = Math.Max(most, pair.B.BuffersHeld);
                longest = Math.Max(longest, pair.B.Stats.PacketsSent - before);
                if (i % 50 == 0)
                {
                    pair.RunFor(random.Next(1, 600));
                }
            }

            pair.Dispose();
        }

        output.WriteLine($"{associations} associations, at most {most} buffers held, at most {longest} packets for one");
        Assert.True(most < 5000);
    }

    [Fact]
    public void One_byte_fragments_do_not_outgrow_the_window()
    {
        using var pair = new SctpPair(
            11, null, options => options with { ReceiveBufferSize = 64_000, MaxMessageSize = 64_000 }) { KeepEvents = false };
        byte[] genuine = [];
        pair.Tap = (from, packet) =>
        {
            genuine = from == 0 && packet[12] == (byte)ChunkType.Data ? packet : genuine;
            return true;
        };
        int channel = pair.Open();
        pair.Connected();
        pair.A.Send(pair.Now, channel, [1], false);
        pair.RunFor(100);
        uint tsn = BinaryPrimitives.ReadUInt32BigEndian(genuine.AsSpan(16));
        uint tag = BinaryPrimitives.ReadUInt32BigEndian(genuine.AsSpan(4));
        for (uint i = 2; i < 40_000; i++)
        {
            var chunk = new byte[20];
            chunk[1] = ChunkFlags.Unordered;
            chunk[3] = 17;
            BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(4), tsn + (i * (i % 3 == 0 ? 2u : 1u)));
            pair.B.Receive(pair.Now, Packet(tag, chunk));
        }

        output.WriteLine($"{pair.B.BuffersHeld} buffers held");
        Assert.InRange(pair.B.BuffersHeld, 10, 2 * 64_000 / 128);
        Assert.True(pair.B.Stats.Dropped(SctpDrop.BufferFull) + pair.B.Stats.Dropped(SctpDrop.OutOfWindow) > 10_000);
    }

    private static byte[] Packet(uint tag, byte[] chunk)
    {
        var packet = new byte[12 + chunk.Length];
        BinaryPrimitives.WriteUInt16BigEndian(packet, 5000);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), 5000);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), tag);
        chunk.CopyTo(packet, 12);
        SctpChecksum.Write(packet);
        return packet;
    }

    /// <summary>Packets of a session in which every kind of chunk occurs.</summary>
    private static List<byte[]> Recorded(int seed)
    {
        var packets = new List<byte[]>();
        using var pair = new SctpPair(seed, new LinkBehaviour { Loss = 0.1, JitterMs = 20 });
        pair.Tap = (_, packet) =>
        {
            packets.Add(packet);
            return true;
        };
        int reliable = pair.Open("r"), partial = pair.Open("p", new ChannelOptions { MaxRetransmits = 0 });
        pair.Connected();
        for (int i = 0; i < 20; i++)
        {
            pair.A.Send(pair.Now, reliable, new byte[1 + (i * 150)], i % 2 == 0);
            pair.A.Send(pair.Now, partial, new byte[500], false);
            pair.RunFor(30);
        }

        pair.RunFor(40_000);
        pair.A.CloseChannel(partial);
        pair.RunFor(5000);
        pair.A.Shutdown();
        pair.RunUntil(() => pair.A.IsClosed, 20_000);
        HashSet<byte> kinds = [.. packets.Select(packet => packet[12])];
        foreach (ChunkType type in new[]
        {
            ChunkType.Init, ChunkType.InitAck, ChunkType.CookieEcho, ChunkType.CookieAck, ChunkType.Data, ChunkType.Sack,
            ChunkType.Heartbeat,
            ChunkType.HeartbeatAck, ChunkType.Reconfig, ChunkType.Shutdown, ChunkType.ShutdownAck, ChunkType.ShutdownComplete,
        })
        {
            Assert.Contains((byte)type, kinds);
        }

        return packets;
    }

    private static byte[] Mutate(Random random, List<byte[]> corpus, byte[] genuine)
    {
        byte[] source = random.Next(3) == 0 && genuine.Length > 0 ? genuine : corpus[random.Next(corpus.Count)];
        byte[] packet = [.. source];
        if (random.Next(4) == 0)
        {
            byte[] other = corpus[random.Next(corpus.Count)];
            packet = [.. packet, .. other[12..]];
        }

        for (int changes = random.Next(0, 6); changes > 0; changes--)
        {
            int at = random.Next(12, packet.Length);
            packet[at] = random.Next(4) switch
            {
                0 => (byte)random.Next(256),
                1 => (byte)(packet[at] ^ (1 << random.Next(8))),
                2 => 0xFF,
                _ => (byte)(packet[at] + 1),
            };
        }

        if (random.Next(6) == 0)
        {
            packet = packet[..Math.Max(12, random.Next(packet.Length) & ~3)];
        }

        if (random.Next(10) != 0)
        {
            // Mostly with the right ports, tag and sum, and often with a TSN near the one expected, so that it gets far.
            genuine.AsSpan(0, Math.Min(8, genuine.Length)).CopyTo(packet);
            if (packet.Length > 12 && packet[12] == (byte)ChunkType.Init)
            {
                packet.AsSpan(4, 4).Clear();
            }

            if (packet.Length >= 20
                && genuine.Length >= 20
                && genuine[12] == (byte)ChunkType.Data
                && packet[12] is (byte)ChunkType.Data or (byte)ChunkType.ForwardTsn)
            {
                uint near = BinaryPrimitives.ReadUInt32BigEndian(genuine.AsSpan(16)) + (uint)random.Next(0, 40);
                BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(16), near);
            }

            SctpChecksum.Write(packet);
        }

        return packet;
    }

    private static void ParseAll(ReadOnlySpan<byte> packet)
    {
        if (!SctpPacketView.TryParse(packet, out SctpPacketView view, out _))
        {
            return;
        }

        ChunkReader chunks = view.Chunks;
        while (chunks.TryRead(out ChunkView chunk))
        {
            if (DataView.TryParse(chunk, out DataView data))
            {
                _ = data.Payload.Length + data.StreamId + data.SequenceNumber + (int)data.Protocol;
                if (DcepOpenView.TryParse(data.Payload, out DcepOpenView open))
                {
                    _ = open.Label + open.Protocol + open.MaxLifetimeMs + open.MaxRetransmits;
                }
            }

            if (InitView.TryParse(chunk.Body, out InitView init))
            {
                _ = init.Cookie.Length + (int)init.InitialTsn.Value;
            }

            if (SackView.TryParse(chunk.Body, out SackView sack))
            {
                for (int i = 0; i < sack.GapCount; i++)
                {
                    _ = sack.Gap(i);
                }
            }

            if (ForwardTsnView.TryParse(chunk.Body, out ForwardTsnView forward))
            {
                for (int i = 0; i < forward.StreamCount; i++)
                {
                    _ = forward.Stream(i);
                }
            }

            if (OutgoingResetView.TryParse(chunk.Body, out OutgoingResetView reset))
            {
                for (int i = 0; i < reset.StreamCount; i++)
                {
                    _ = reset.StreamId(i);
                }
            }
        }
    }
}
