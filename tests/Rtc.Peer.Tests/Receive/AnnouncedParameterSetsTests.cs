using Rtc.Bitstream.H264;
using Rtc.Peer.Primitives;
using Rtc.Peer.Receive;
using Rtc.Peer.Rtp;
using Rtc.Peer.Sdp;
using Rtc.Peer.Session;
using Rtc.Peer.Tests.Sdp;
using Xunit;

namespace Rtc.Peer.Tests.Receive;

/// <summary>A sender of H.264 that gives its parameter sets in the description alone (RFC 6184 section 8.1).</summary>
public sealed class AnnouncedParameterSetsTests
{
    private static readonly byte[] s_sps = [0x67, 0x42, 0xE0, 0x1F, 0x8C, 0x8D, 0x40];
    private static readonly byte[] s_pps = [0x68, 0xCE, 0x3C, 0x80];
    private static readonly string s_sprop = Convert.ToBase64String(s_sps) + "," + Convert.ToBase64String(s_pps);

    [Fact]
    public void They_are_read_out_of_an_offer_and_out_of_an_answer()
    {
        (_, NegotiatedSession session) = SdpTesting.Answer(SdpTesting.NewNegotiation(), SdpTesting.Offer("gstreamer-publish-h264"));
        NegotiatedCodec codec = session.Sections.SelectMany(section => section.Codecs).First(codec => codec.Codec == VideoCodec.H264);
        IReadOnlyList<byte[]> sets = SpropParameterSets.Read(codec.ParameterSets);
        Assert.Equal([NalType.Sps, NalType.Pps], sets.Select(unit => NalType.Of(unit[0])));

        SdpNegotiation ours = SdpTesting.NewNegotiation(2);
        string own = ours.CreateOffer(new OfferPlan { Video = [MediaDirection.SendReceive], Codecs = [VideoCodec.H264] }, SdpTesting.Local);
        (SessionDescription answer, _) = SdpTesting.Answer(SdpTesting.NewNegotiation(), own);
        string text = answer.ToString()
            .Replace("packetization-mode=1", "packetization-mode=1;sprop-parameter-sets=" + s_sprop, StringComparison.Ordinal);
        Assert.True(ours.TryAcceptAnswer(text, out NegotiatedSession? accepted, out string error), error);
        Assert.Equal(s_sprop, accepted.Sections[0].Codecs[0].ParameterSets);
    }

    [Fact]
    public void A_stream_that_begins_with_a_bare_IDR_slice_shows_its_first_picture()
    {
        EncodedFramePool pool = new();
        using var table = new StreamTable(pool, new PacketBufferPool());
        var section = new RtpSection
        {
            Mid = "v",
            Receives = true,
            Codecs = [new RtpCodec(102, VideoCodec.H264) { ParameterSets = SpropParameterSets.Read(s_sprop) }],
        };
        table.Configure([section]);
        byte[] buffer = new byte[200];
        RtpHeaderWriter header = new(buffer, ExtensionMap.Empty, 102, true, 1, 3000, new Ssrc(5));
        int at = header.End();
        byte[] slice = [0x65, 0x88, 0x84, 0x21, 0x43];
        slice.CopyTo(buffer, at);
        Assert.True(RtpHeaderView.TryParse(buffer.AsSpan(0, at + slice.Length), out RtpHeaderView packet));
        Assert.True(table.TryFind(new Instant(1), packet, out VideoReceiver receiver, out _, out _));
        receiver.Receive(new Instant(1), packet, HeaderExtensionsView.Read(packet, ExtensionMap.Empty));

        Assert.True(receiver.TryTakeFrame(out EncodedFrame frame));
        Assert.True(frame.IsKey);
        Assert.Equal([0, 0, 0, 1, .. s_sps, 0, 0, 0, 1, .. s_pps, 0, 0, 0, 1, .. slice], frame.Data.ToArray());
        frame.Dispose();
    }

    [Fact]
    public void What_is_no_parameter_set_is_passed_over()
    {
        Assert.Empty(SpropParameterSets.Read(null));
        Assert.Empty(SpropParameterSets.Read(""));
        Assert.Empty(SpropParameterSets.Read(",,,"));
        Assert.Empty(SpropParameterSets.Read("not base64!"));
        Assert.Empty(SpropParameterSets.Read(Convert.ToBase64String([0x65, 1, 2, 3])));
        Assert.Empty(SpropParameterSets.Read(Convert.ToBase64String([0x67])));
        Assert.Empty(SpropParameterSets.Read(Convert.ToBase64String([0x67, .. new byte[4000]])));
        Assert.Equal([s_pps], SpropParameterSets.Read("%," + Convert.ToBase64String(s_pps) + " "));
        Assert.Equal(8, SpropParameterSets.Read(string.Join(',', Enumerable.Repeat(Convert.ToBase64String(s_sps), 100))).Count);
        for (int length = 0; length < s_sprop.Length; length++)
        {
            Assert.InRange(SpropParameterSets.Read(s_sprop[..length]).Count, 0, 2);
        }
    }
}
