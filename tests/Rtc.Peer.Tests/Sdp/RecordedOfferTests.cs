using Rtc.Peer.Sdp;
using Xunit;

namespace Rtc.Peer.Tests.Sdp;

public sealed class RecordedOfferTests
{
    public static TheoryData<string> Offers() => new(SdpTesting.OfferNames());

    [Theory]
    [MemberData(nameof(Offers))]
    public void Answer_to_a_recorded_offer_follows_the_rules(string name)
    {
        string text = SdpTesting.Offer(name);
        SessionDescription offer = SdpTesting.Parse(text);
        (SessionDescription answer, NegotiatedSession session) = SdpTesting.Answer(SdpTesting.NewNegotiation(), text);

        Assert.Equal(offer.Media.Count, answer.Media.Count);
        Assert.Equal(offer.Media.Count, session.Sections.Count);
        for (int i = 0; i < offer.Media.Count; i++)
        {
            AnswerRules.Check(offer, answer, i);
            Assert.Equal(answer.Media[i].IsRejected, session.Sections[i].Rejected);
        }

        MediaDescription carrier = answer.Media.First(media => !media.IsRejected);
        Assert.Equal(2, carrier.Candidates.Count);
        Assert.True(carrier.EndOfCandidates);
        Assert.Equal(DtlsRole.Server, session.LocalDtlsRole);
        Assert.False(session.IsIceRestart);
        Assert.NotEmpty(session.RemoteFingerprints);
        if (answer.BundleGroups.Count > 0)
        {
            Assert.Equal(answer.Media.Where(media => !media.IsRejected).Select(media => media.Mid), answer.BundleGroups[0]);
        }
    }

    [Theory]
    [MemberData(nameof(Offers))]
    public void Recorded_offer_survives_writing_and_reading(string name)
    {
        SessionDescription once = SdpTesting.Parse(SdpTesting.Offer(name));
        string written = once.ToString();
        Assert.Equal(written, SdpTesting.Parse(written).ToString());
        Assert.Equal(written, SdpTesting.Parse(written.Replace("\r\n", "\n", StringComparison.Ordinal)).ToString());
        Assert.Equal(written, SdpTesting.Parse(written.Replace("\r\n", "\r", StringComparison.Ordinal)).ToString());
    }

    [Fact]
    public void Chromium_publisher_with_audio_gets_video_both_ways_and_data()
    {
        (SessionDescription answer, NegotiatedSession session) =
            SdpTesting.Answer(SdpTesting.NewNegotiation(), SdpTesting.Offer("chromium-publish-audio"));
        Assert.Equal([MediaKind.Audio, MediaKind.Video, MediaKind.Data], session.Sections.Select(section => section.Kind));
        Assert.All(session.Sections, section => Assert.False(section.Rejected));
        Assert.False(session.Sections[0].Sends || session.Sections[0].Receives);

        MediaSection video = session.Sections[1];
        Assert.True(video.Sends && video.Receives);
        Assert.Equal(VideoCodec.Vp8, video.Codecs[0].Codec);
        Assert.Equal((96, (byte?)97), (video.Codecs[0].PayloadType, video.Codecs[0].RtxPayloadType));
        Assert.Equal(VideoCodec.H264, video.Codecs[1].Codec);
        Assert.Equal(("42e01f", 1), (video.Codecs[1].ProfileLevelId, video.Codecs[1].PacketizationMode));
        Assert.True(video.Codecs[0] is { Nack: true, NackPli: true, CcmFir: true, Remb: true, TransportCc: true });
        Assert.NotNull(video.Extensions.Mid);
        Assert.NotNull(video.Extensions.TransportCc);
        Assert.Null(video.Extensions.Rid);
        Assert.NotNull(Assert.Single(video.RemoteStreams).Rtx);
        Assert.Equal(5000, session.SctpPort);
        Assert.Equal(262144, session.RemoteMaxMessageSize);

        // The audio section is the BUNDLE tag: it stays, inactive, as Chromium's transport may hang on it.
        Assert.Equal(MediaDirection.Inactive, answer.Media[0].Direction);
        PayloadFormat opus = answer.Media[0].PayloadFormats[0];
        Assert.Equal("opus/48000/2", $"{opus.Name}/{opus.ClockRate}/{opus.Channels}");
        Assert.Equal(session.Sections[0].Mid, session.CarrierMid);
        Assert.Equal(2, answer.Media[0].Candidates.Count);
        Assert.Empty(answer.Media[1].Candidates);
        Assert.Equal(video.SendSsrc.Value, answer.Media[1].SourceGroups[0].First);
    }

    [Fact]
    public void Simulcast_layers_are_taken_and_declined()
    {
        string offer = SdpTesting.Offer("chromium-simulcast");
        (SessionDescription answer, NegotiatedSession session) =
            SdpTesting.Answer(SdpTesting.NewNegotiation(), offer, new AnswerPolicy { MaxSimulcastLayers = 3 });
        Assert.Equal(["q", "h", "f"], session.Sections[0].ReceiveRids);
        Assert.Equal(["q", "h", "f"], answer.Media[0].SimulcastReceive);
        Assert.All(answer.Media[0].Rids, rid => Assert.False(rid.Sends));
        Assert.NotNull(session.Sections[0].Extensions.Rid);

        (answer, session) = SdpTesting.Answer(SdpTesting.NewNegotiation(), offer);
        Assert.Equal(["f"], session.Sections[0].ReceiveRids);
        Assert.Equal(["f"], answer.Media[0].SimulcastReceive);

        (answer, session) = SdpTesting.Answer(SdpTesting.NewNegotiation(), offer, new AnswerPolicy { MaxSimulcastLayers = 0 });
        Assert.Empty(session.Sections[0].ReceiveRids);
        Assert.Empty(answer.Media[0].SimulcastReceive);
        Assert.Null(session.Sections[0].Extensions.Rid);
    }
}
