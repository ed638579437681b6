using Rtc.Peer.Primitives;
using Rtc.Peer.Receive;
using Rtc.Peer.Rtp;
using Rtc.Peer.Sdp;
using Rtc.Peer.Session;
using Rtc.Peer.Tests.Rtp;
using Xunit;

namespace Rtc.Peer.Tests.Receive;

public sealed class StreamTableTests : IDisposable
{
    private readonly EncodedFramePool _frames = new();
    private readonly StreamTable _table;
    private readonly Instant _now = new(10_000_000);

    public StreamTableTests()
    {
        _table = new StreamTable(_frames, new PacketBufferPool());
        _table.Configure([Section("a", 96), Section("b", 100)]);
    }

    public void Dispose() => _table.Dispose();

    [Fact]
    public void A_stream_is_found_by_MID_and_from_then_on_by_SSRC()
    {
        Assert.True(Find(1, 96, mid: "a", out VideoReceiver first, out bool rtx));
        Assert.False(rtx);
        Assert.True(Find(1, 96, mid: "", out VideoReceiver again, out _));
        Assert.Same(first, again);
        Assert.Equal("a", _table.SectionOf(first).Negotiated.Mid);
    }

    [Fact]
    public void Without_MID_a_payload_type_that_only_one_section_has_will_do()
    {
        Assert.True(Find(5, 100, mid: "", out VideoReceiver receiver, out _));
        Assert.Equal("b", _table.SectionOf(receiver).Negotiated.Mid);
        Assert.False(Find(6, 127, mid: "", out _, out _));
        Assert.False(Find(7, 96, mid: "c", out _, out _));
    }

    [Fact]
    public void An_unannounced_RTX_stream_is_paired_with_the_only_one_that_lacks_it()
    {
        Assert.False(Find(2, 97, mid: "a", out _, out _));
        Find(1, 96, mid: "a", out VideoReceiver receiver, out _);
        Assert.True(Find(2, 97, mid: "a", out VideoReceiver paired, out bool rtx));
        Assert.True(rtx);
        Assert.Same(receiver, paired);
        Assert.Equal(new Ssrc(2), receiver.Rtx);
    }

    [Fact]
    public void An_announced_pair_needs_no_extension()
    {
        _table.Configure([Section("a", 96) with { RemoteStreams = [new RemoteStream(new Ssrc(11), new Ssrc(12))] }, Section("b", 96)]);
        Assert.True(Find(11, 96, mid: "", out VideoReceiver receiver, out _));
        Assert.True(Find(12, 97, mid: "", out VideoReceiver same, out bool rtx));
        Assert.True(rtx);
        Assert.Same(receiver, same);
        Assert.False(Find(13, 96, mid: "", out _, out _));
    }

    [Fact]
    public void Simulcast_layers_are_told_apart_by_RID_and_their_RTX_by_repaired_RID()
    {
        Assert.True(Find(1, 96, mid: "a", out VideoReceiver low, out _, rid: "l"));
        Assert.True(Find(2, 96, mid: "a", out VideoReceiver high, out _, rid: "h"));
        Assert.NotSame(low, high);
        Assert.Equal("h", high.Rid);
        Assert.False(Find(3, 97, mid: "a", out _, out _));
        Assert.True(Find(3, 97, mid: "a", out VideoReceiver repaired, out _, repaired: "h"));
        Assert.Same(high, repaired);
    }

    [Fact]
    public void A_flood_of_sources_makes_no_more_than_the_bound()
    {
        for (uint ssrc = 1; ssrc < 10_000; ssrc++)
        {
            Find(ssrc, 96, mid: "a", out _, out _);
        }

        Assert.Equal(StreamTable.MaxReceivers, _table.Receivers.Count);
    }

    [Fact]
    public void Removed_section_takes_its_streams_along_and_others_keep_theirs()
    {
        Find(1, 96, mid: "a", out VideoReceiver kept, out _);
        Find(2, 100, mid: "b", out _, out _);
        _table.Configure([Section("a", 96)]);
        Assert.Equal([kept], _table.Receivers);
        Assert.False(Find(2, 100, mid: "b", out _, out _));
    }

    private static RtpSection Section(string mid, byte type) => new()
    {
        Mid = mid,
        Receives = true,
        Codecs = [new RtpCodec(type, VideoCodec.Vp8) { RtxPayloadType = (byte)(type + 1) }],
        Extensions = ParserFuzz.Extensions(),
    };

    private bool Find(uint ssrc, byte type, string mid, out VideoReceiver receiver, out bool rtx, string rid = "", string repaired = "")
    {
        byte[] buffer = new byte[100];
        RtpHeaderWriter writer = new(buffer, ParserFuzz.Extensions(), type, true, 1, 1, new Ssrc(ssrc));
        writer.Add(RtpExtension.Mid, System.Text.Encoding.ASCII.GetBytes(mid));
        writer.Add(RtpExtension.Rid, System.Text.Encoding.ASCII.GetBytes(rid));
        writer.Add(RtpExtension.RepairedRid, System.Text.Encoding.ASCII.GetBytes(repaired));
        Assert.True(RtpHeaderView.TryParse(buffer.AsSpan(0, writer.End() + 10), out RtpHeaderView packet));
        return _table.TryFind(_now, packet, out receiver, out _, out rtx);
    }
}
