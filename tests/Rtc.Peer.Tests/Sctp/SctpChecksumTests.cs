using System.Text;
using Rtc.Peer.Sctp;
using Xunit;

namespace Rtc.Peer.Tests.Sctp;

public sealed class SctpChecksumTests
{
    [Fact]
    public void Crc32c_gives_the_published_values()
    {
        // The catalogue's check value, and the four vectors of RFC 3720 appendix B.4.
        Assert.Equal(0xE3069283u, SctpChecksum.Crc32C(Encoding.ASCII.GetBytes("123456789")));
        Assert.Equal(0x8A9136AAu, SctpChecksum.Crc32C(new byte[32]));
        Assert.Equal(0x62A8AB43u, SctpChecksum.Crc32C(Enumerable.Repeat((byte)0xFF, 32).ToArray()));
        Assert.Equal(0x46DD794Eu, SctpChecksum.Crc32C(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray()));
        Assert.Equal(0x113FDB5Cu, SctpChecksum.Crc32C(Enumerable.Range(0, 32).Select(i => (byte)(31 - i)).ToArray()));
    }

    [Fact]
    public void Checksum_lies_little_endian_in_the_packet_and_covers_every_byte()
    {
        var packet = new byte[28];
        packet[0] = 0x13;
        SctpChecksum.Write(packet);
        uint expected = SctpChecksum.Crc32C([.. packet[..8], 0, 0, 0, 0, .. packet[12..]]);
        Assert.Equal([(byte)expected, (byte)(expected >> 8), (byte)(expected >> 16), (byte)(expected >> 24)], packet[8..12]);
        Assert.True(SctpChecksum.Matches(packet));
        for (int i = 0; i < packet.Length; i++)
        {
            packet[i] ^= 1;
            Assert.False(SctpChecksum.Matches(packet));
            packet[i] ^= 1;
        }
    }
}
