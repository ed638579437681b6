using System.Buffers.Binary;
using Rtc.Peer.Srtp;
using Xunit;

namespace Rtc.Peer.Tests.Srtp;

public sealed class SrtpSessionTests
{
    public static TheoryData<int> Profiles => new((int)SrtpProfile.AeadAes128Gcm, (int)SrtpProfile.Aes128CmHmacSha1Length80);

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Media_and_reports_survive_the_way(int profile)
    {
        (SrtpSession sender, SrtpSession receiver) = Pair(profile);
        using (sender)
        using (receiver)
        {
            byte[] plain = Packet(7, 100, 1, 500);
            byte[] wire = Protect(sender, plain);
            byte[] opened = new byte[SrtpSession.MaxPacketBytes];
            Assert.Equal(SrtpResult.Ok, receiver.UnprotectRtp(wire, opened, out int length));
            Assert.Equal(plain, opened[..length]);

            byte[] report = new byte[100];
            Convert.FromHexString("80C9000100000007DEADBEEF").CopyTo(report, 0);
            Assert.True(sender.TryProtectRtcp(report, 12, out int protectedLength));
            Assert.Equal(SrtpResult.Ok, receiver.UnprotectRtcp(report.AsSpan(0, protectedLength), opened, out length));
            Assert.Equal("80C9000100000007DEADBEEF", Convert.ToHexString(opened.AsSpan(0, length)));
            Assert.Equal(SrtpResult.Replayed, receiver.UnprotectRtcp(report.AsSpan(0, protectedLength), opened, out _));
        }
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void A_packet_that_is_all_header_goes_through(int profile)
    {
        (SrtpSession sender, SrtpSession receiver) = Pair(profile);
        using (sender)
        using (receiver)
        {
            byte[] opened = new byte[SrtpSession.MaxPacketBytes];
            byte[] report = new byte[60];
            Convert.FromHexString("80C9000100000007").CopyTo(report, 0); // a receiver report without blocks
            Assert.True(sender.TryProtectRtcp(report, 8, out int protectedLength));
            Assert.Equal(SrtpResult.Ok, receiver.UnprotectRtcp(report.AsSpan(0, protectedLength), opened, out int length));
            Assert.Equal("80C9000100000007", Convert.ToHexString(opened.AsSpan(0, length)));

            byte[] empty = Packet(7, 1, 1, 0);
            Assert.Equal(SrtpResult.Ok, receiver.UnprotectRtp(Protect(sender, empty), opened, out length));
            Assert.Equal(empty, opened[..length]);
        }
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void First_packet_heard_may_come_just_after_a_roll_over(int profile)
    {
        (SrtpSession sender, SrtpSession receiver) = Pair(profile);
        using (sender)
        using (receiver)
        {
            byte[] opened = new byte[SrtpSession.MaxPacketBytes];
            byte[] late = Protect(sender, Packet(7, 65_535, 1, 100));
            byte[] first = Protect(sender, Packet(7, 0, 2, 100));
            byte[] next = Protect(sender, Packet(7, 1, 2, 100));
            Assert.Equal(SrtpResult.Ok, receiver.UnprotectRtp(first, opened, out _));
            Assert.Equal(SrtpResult.Ok, receiver.UnprotectRtp(late, opened, out _));
            Assert.Equal(SrtpResult.Ok, receiver.UnprotectRtp(next, opened, out _));
            Assert.Equal(SrtpResult.Replayed, receiver.UnprotectRtp(first, opened, out _));
        }
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Roll_over_is_followed_with_loss_and_reordering(int profile)
    {
        const int Seed = 11;
        var random = new Random(Seed);
        (SrtpSession sender, SrtpSession receiver) = Pair(profile);
        using (sender)
        using (receiver)
        {
            byte[] opened = new byte[SrtpSession.MaxPacketBytes];
            var late = new List<byte[]>();
            int delivered = 0;
            for (int i = 0; i < 200_000; i += random.Next(1, 20))
            {
                byte[] wire = Protect(sender, Packet(9, (ushort)(60_000 + i), (uint)i, 20));
                if (i > 0 && random.Next(4) == 0)
                {
                    late.Add(wire);
                    continue;
                }

                Assert.Equal(SrtpResult.Ok, receiver.UnprotectRtp(wire, opened, out _));
                delivered++;
                if (late.Count > 8)
                {
                    foreach (byte[] old in late)
                    {
                        Assert.Equal(SrtpResult.Ok, receiver.UnprotectRtp(old, opened, out _));
                        Assert.Equal(SrtpResult.Replayed, receiver.UnprotectRtp(old, opened, out _));
                    }

                    late.Clear();
                }
            }

            Assert.True(delivered > 5_000);
        }
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Whatever_bit_is_changed_nothing_passes(int profile)
    {
        (SrtpSession sender, SrtpSession receiver) = Pair(profile);
        using (sender)
        using (receiver)
        {
            byte[] opened = new byte[SrtpSession.MaxPacketBytes];
            byte[] wire = Protect(sender, Packet(7, 100, 1, 30));
            for (int bit = 0; bit < wire.Length * 8; bit++)
            {
                byte[] broken = [.. wire];
                broken[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.NotEqual(SrtpResult.Ok, receiver.UnprotectRtp(broken, opened, out int length));
                Assert.Equal(0, length);
            }

            for (int length = 0; length < wire.Length; length++)
            {
                Assert.NotEqual(SrtpResult.Ok, receiver.UnprotectRtp(wire.AsSpan(0, length), opened, out _));
                Assert.NotEqual(SrtpResult.Ok, receiver.UnprotectRtcp(wire.AsSpan(0, length), opened, out _));
            }

            Assert.Equal(0, receiver.StreamCount);
            Assert.Equal(SrtpResult.Ok, receiver.UnprotectRtp(wire, opened, out _));
        }
    }

    [Fact]
    public void A_number_is_sent_twice_under_gcm_with_the_same_packet_alone()
    {
        (SrtpSession sender, SrtpSession receiver) = Pair((int)SrtpProfile.AeadAes128Gcm);
        using (sender)
        using (receiver)
        {
            byte[] first = Protect(sender, Packet(7, 100, 1, 30));
            Assert.Equal(first, Protect(sender, Packet(7, 100, 1, 30)));
            byte[] buffer = new byte[200];
            Packet(7, 100, 2, 30).CopyTo(buffer, 0);
            Assert.False(sender.TryProtectRtp(buffer, 42, out _));
            Assert.All(buffer, left => Assert.Equal(0, left));
            Assert.Equal(first, Protect(sender, Packet(7, 100, 1, 30)));
        }
    }

    [Fact]
    public void Camera_that_starts_for_hours_is_heard_each_time()
    {
        byte[] opened = new byte[SrtpSession.MaxPacketBytes];
        (SrtpSession sender, SrtpSession receiver) = Pair((int)SrtpProfile.AeadAes128Gcm);
        byte[] first = Protect(sender, Packet(1, 1, 1, 20));
        byte[] report = new byte[60];
        using (receiver)
        {
            Assert.Equal(SrtpResult.Ok, receiver.UnprotectRtp(first, opened, out _));
            for (uint ssrc = 2; ssrc <= 1000; ssrc++)
            {
                if (ssrc % 200 == 0)
                {
                    sender.Dispose();
                    (sender, SrtpSession unused) = Pair((int)SrtpProfile.AeadAes128Gcm);
                    unused.Dispose();
                }

                Assert.Equal(SrtpResult.Ok, receiver.UnprotectRtp(Protect(sender, Packet(ssrc, 1, 1, 20)), opened, out _));
                Assert.Equal(SrtpResult.Ok, receiver.UnprotectRtp(Protect(sender, Packet(2000, (ushort)ssrc, 1, 20)), opened, out _));
                BinaryPrimitives.WriteUInt64BigEndian(report, 0x80C9_0001_0000_0000 | ssrc);
                Assert.True(sender.TryProtectRtcp(report, 8, out int length));
                Assert.Equal(SrtpResult.Ok, receiver.UnprotectRtcp(report.AsSpan(0, length), opened, out _));
            }

            Assert.Equal(2 * ReceivedStreams.MaxStreams, receiver.StreamCount);
            Assert.Equal(SrtpResult.Replayed, receiver.UnprotectRtp(first, opened, out _));
            sender.Dispose();
        }
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Steady_state_allocates_nothing(int profile)
    {
        (SrtpSession sender, SrtpSession receiver) = Pair(profile);
        using (sender)
        using (receiver)
        {
            byte[] opened = new byte[SrtpSession.MaxPacketBytes];
            byte[] buffer = new byte[1300];
            ushort sequence = 0;
            long Round(int count)
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                for (int i = 0; i < count; i++)
                {
                    buffer[0] = 0x80;
                    BinaryPrimitives.WriteUInt16BigEndian(buffer.AsSpan(2), sequence++);
                    sender.TryProtectRtp(buffer, 1200, out int length);
                    receiver.UnprotectRtp(buffer.AsSpan(0, length), opened, out _);
                }

                return GC.GetAllocatedBytesForCurrentThread() - before;
            }

            Round(2000);
            Assert.Equal(0, Round(2000));
        }
    }

    private static (SrtpSession Sender, SrtpSession Receiver) Pair(int profile)
    {
        var chosen = (SrtpProfile)profile;
        byte[] material = new byte[SrtpKeys.MaterialLength(chosen)];
        new Random(5).NextBytes(material);
        return (
            new SrtpSession(SrtpKeys.FromMaterial(chosen, material, true)),
            new SrtpSession(SrtpKeys.FromMaterial(chosen, material, false)));
    }

    private static byte[] Packet(uint ssrc, ushort sequence, uint timestamp, int payload)
    {
        byte[] packet = new byte[12 + payload];
        packet[0] = 0x80;
        packet[1] = 96;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), sequence);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), ssrc);
        return packet;
    }

    private static byte[] Protect(SrtpSession session, byte[] plain)
    {
        byte[] buffer = new byte[plain.Length + SrtpSession.MaxOverhead];
        plain.CopyTo(buffer, 0);
        Assert.True(session.TryProtectRtp(buffer, plain.Length, out int length));
        return buffer[..length];
    }
}
