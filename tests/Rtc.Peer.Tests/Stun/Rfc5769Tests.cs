using System.Net;
using System.Text;
using Rtc.Peer.Primitives;
using Rtc.Peer.Stun;
using Xunit;

namespace Rtc.Peer.Tests.Stun;

/// <summary>The messages printed in RFC 5769.</summary>
public sealed class Rfc5769Tests
{
    internal static readonly byte[] Request = Convert.FromHexString(
        "000100582112A442B7E7A701BC34D686FA87DFAE" +
        "802200105354554E207465737420636C69656E74" +
        "002400046E0001FF" +
        "80290008932FF9B151263B36" +
        "000600096576746A3A68367659202020" +
        "000800149AEAA70CBFD8CB56781EF2B5B2D3F249C1B571A2" +
        "80280004E57A3BCF");

    internal static readonly byte[] ResponseIPv4 = Convert.FromHexString(
        "0101003C2112A442B7E7A701BC34D686FA87DFAE" +
        "8022000B7465737420766563746F7220" +
        "002000080001A147E112A643" +
        "000800142B91F599FD9E90C38C7489F92AF9BA53F06BE7D7" +
        "80280004C07D4C96");

    internal static readonly byte[] ResponseIPv6 = Convert.FromHexString(
        "010100482112A442B7E7A701BC34D686FA87DFAE" +
        "8022000B7465737420766563746F7220" +
        "002000140002A1470113A9FAA5D3F179BC25F4B5BED2B9D9" +
        "00080014A382954E4BE67BF11784C97C8292C275BFE3ED41" +
        "80280004C8FB0B4C");

    private static readonly byte[] s_key = Encoding.ASCII.GetBytes("VOkJxbRl1RmTxUk/WvJxBt");

    [Fact]
    public void Sample_request_is_read_and_genuine()
    {
        Assert.True(StunView.TryParse(Request, out StunView message));
        Assert.Equal(StunMessageType.BindingRequest, message.Type);
        Assert.True(message.VerifyFingerprint());
        Assert.True(message.VerifyIntegrity(s_key));
        Assert.False(message.VerifyIntegrity("wrong"u8));
        Assert.True(message.TryGetUInt32(StunAttribute.Priority, out uint priority));
        Assert.Equal(0x6E0001FFu, priority);
        Assert.True(message.TryGetUInt64(StunAttribute.IceControlled, out ulong tieBreaker));
        Assert.Equal(0x932FF9B151263B36u, tieBreaker);
        Assert.True(StunUsername.TryGetLocalUfrag(Request, out ReadOnlySpan<byte> ufrag));
        Assert.Equal("evtj", Encoding.ASCII.GetString(ufrag));
    }

    [Fact]
    public void Sample_responses_are_read_and_genuine()
    {
        Assert.True(StunView.TryParse(ResponseIPv4, out StunView message));
        Assert.True(message.VerifyFingerprint() && message.VerifyIntegrity(s_key));
        Assert.True(message.TryGetMappedAddress(TransportProtocol.Udp, out TransportAddress address));
        Assert.Equal(TransportAddress.From(IPAddress.Parse("192.0.2.1"), 32853), address);

        Assert.True(StunView.TryParse(ResponseIPv6, out message));
        Assert.True(message.VerifyFingerprint() && message.VerifyIntegrity(s_key));
        Assert.True(message.TryGetMappedAddress(TransportProtocol.Udp, out address));
        Assert.Equal(TransportAddress.From(IPAddress.Parse("2001:db8:1234:5678:11:2233:4455:6677"), 32853), address);
    }

    [Fact]
    public void What_is_written_is_read_again()
    {
        var transaction = new TransactionId(1, 2);
        var address = TransportAddress.From(IPAddress.Parse("2001:db8::7"), 4711);
        byte[] buffer = new byte[StunView.MaxMessageBytes];
        var writer = new StunWriter(buffer, StunMessageType.BindingSuccess, transaction);
        writer.AddXorMappedAddress(address, transaction);
        int length = writer.Finish(s_key);
        Assert.True(StunView.TryParse(buffer.AsSpan(0, length), out StunView message));
        Assert.True(message.VerifyFingerprint() && message.VerifyIntegrity(s_key));
        Assert.Equal(transaction, message.Transaction);
        Assert.True(message.TryGetMappedAddress(TransportProtocol.Udp, out TransportAddress read));
        Assert.Equal(address, read);
    }
}
