using Rtc.Peer.Sdp;
using Xunit;

namespace Rtc.Peer.Tests.Sdp;

public sealed class NegotiationTests
{
    private const string Video =
        "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\na=mid:v\r\na=sendrecv\r\na=rtcp-mux\r\na=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 "
            + "nack\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n";
    private const string Data = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:d\r\na=sctp-port:5000\r\n";
    private const string Transport =
        "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\na=fingerprint:sha-256 00:11\r\na=setup:actpass\r\n";

    private static string Offer(string sections, string group = "v d", string transport = Transport) =>
        "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n" + (group.Length > 0 ? $"a=group:BUNDLE {group}\r\n" : "") + transport
            + sections;

    [Fact]
    public void Video_is_received_of_no_more_sections_than_the_policy_has()
    {
        string second = Video.Replace("a=mid:v", "a=mid:w", StringComparison.Ordinal);
        SdpNegotiation negotiation = SdpTesting.NewNegotiation();
        var policy = new AnswerPolicy { MaxReceivedVideo = 1, SendVideo = false };

        (SessionDescription answer, NegotiatedSession session) = SdpTesting.Answer(negotiation, Offer(Video + second, "v w"), policy);
        Assert.Equal([MediaDirection.ReceiveOnly, MediaDirection.Inactive], answer.Media.Select(media => media.Direction));
        Assert.All(session.Sections, section => Assert.False(section.Rejected));

        // The first track ends: the other has its place.
        string ended = Video.Replace("sendrecv", "recvonly", StringComparison.Ordinal);
        (answer, _) = SdpTesting.Answer(negotiation, Offer(ended + second, "v w"), policy);
        Assert.Equal([MediaDirection.Inactive, MediaDirection.ReceiveOnly], answer.Media.Select(media => media.Direction));
    }

    [Fact]
    public void Complaints_are_sentences_that_name_the_cause()
    {
        Assert.Equal("the offer has no video", SdpTesting.Refusal(Offer(Data, "d"), new AnswerPolicy { RequireVideo = true }));
        Assert.Equal(
            "no common video codec: offered AV1, VP9",
            SdpTesting.Refusal(
                Offer(
                    "m=video 9 UDP/TLS/RTP/SAVPF 45 98 99\r\na=mid:v\r\na=rtcp-mux\r\na=rtpmap:45 AV1/90000\r\na=rtpmap:98 "
                        + "VP9/90000\r\na=rtpmap:99 rtx/90000\r\n",
                    "v")));
        Assert.StartsWith(
            "BUNDLE and rtcp-mux are required: section d is not bundled", SdpTesting.Refusal(Offer(Video + Data, "v")),
            StringComparison.Ordinal);
        Assert.StartsWith(
            "BUNDLE and rtcp-mux are required: section v has no a=rtcp-mux",
            SdpTesting.Refusal(Offer(Video.Replace("a=rtcp-mux\r\n", "", StringComparison.Ordinal), "v")),
            StringComparison.Ordinal);
        Assert.Equal(
            "the offer has no DTLS fingerprint",
            SdpTesting.Refusal(Offer(Video, "v", Transport.Replace("a=fingerprint:sha-256 00:11\r\n", "", StringComparison.Ordinal))));
        Assert.StartsWith(
            "the offer has no ICE credentials", SdpTesting.Refusal(Offer(Video, "v", "a=fingerprint:sha-256 00:11\r\n")),
            StringComparison.Ordinal);
        Assert.StartsWith(
            "the offer has nothing that is accepted here: it has audio", SdpTesting.Refusal(Offer("m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n", "")),
            StringComparison.Ordinal);
        Assert.Equal(
            "the offer holds the connection (a=setup:holdconn)",
            SdpTesting.Refusal(Offer(Video, "v", Transport.Replace("actpass", "holdconn", StringComparison.Ordinal))));
        Assert.Equal("the offer has no media section", SdpTesting.Refusal(Offer("")));
        Assert.Equal("two sections of the description have the mid v", SdpTesting.Refusal(Offer(Video + Video)));
        Assert.Equal(
            "two sections of the description have the mid 1",
            SdpTesting.Refusal(
                Offer(
                    Video.Replace(
                        "a=mid:v", "a=mid:1", StringComparison.Ordinal) + Data.Replace("a=mid:d\r\n", "", StringComparison.Ordinal), "1")));
        Assert.StartsWith("the text is not a session description", SdpTesting.Refusal("<html>"), StringComparison.Ordinal);
        Assert.StartsWith("the text is not a session description", SdpTesting.Refusal(""), StringComparison.Ordinal);
        Assert.StartsWith("the description has 200000 characters", SdpTesting.Refusal(new string('a', 200_000)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("actpass", false, DtlsRole.Server, DtlsSetup.Passive)]
    [InlineData("actpass", true, DtlsRole.Client, DtlsSetup.Active)]
    [InlineData("active", true, DtlsRole.Server, DtlsSetup.Passive)]
    [InlineData("passive", false, DtlsRole.Client, DtlsSetup.Active)]
    internal void Setup_follows_the_offer(string offered, bool preferClient, DtlsRole role, DtlsSetup setup)
    {
        string offer = Offer(Video, "v", Transport.Replace("actpass", offered, StringComparison.Ordinal));
        Assert.True(SdpTesting.NewNegotiation().TryAnswer(
            offer, new AnswerPolicy(), SdpTesting.Local with { PreferDtlsClient = preferClient }, out string answer,
            out NegotiatedSession? session, out _));
        Assert.Equal(role, session.LocalDtlsRole);
        Assert.Equal(setup, SdpTesting.Parse(answer).Media[0].Setup);
    }

    [Theory]
    [InlineData("sendrecv", true, true, true, true)]
    [InlineData("sendonly", true, true, false, true)]
    [InlineData("recvonly", true, true, true, false)]
    [InlineData("inactive", true, true, false, false)]
    [InlineData("sendrecv", true, false, true, false)]
    [InlineData("sendrecv", false, true, false, true)]
    public void Direction_is_what_both_want(string offered, bool policySends, bool policyReceives, bool sends, bool receives)
    {
        (SessionDescription answer, NegotiatedSession session) = SdpTesting.Answer(
            SdpTesting.NewNegotiation(),
            Offer(Video.Replace("sendrecv", offered, StringComparison.Ordinal), "v"),
            new AnswerPolicy { SendVideo = policySends, ReceiveVideo = policyReceives });
        Assert.Equal((sends, receives), (session.Sections[0].Sends, session.Sections[0].Receives));
        Assert.Equal(sends, answer.Media[0].Direction.Sends());
        Assert.Equal(sends ? 2 : 0, answer.Media[0].Sources.Count);
        Assert.All(answer.Media[0].Sources, source => Assert.Equal("cname-1", source.Cname));
    }

    [Fact]
    public void Preference_of_the_policy_orders_the_codecs()
    {
        string offer = SdpTesting.Offer("chromium-publish");
        (_, NegotiatedSession session) = SdpTesting.Answer(
            SdpTesting.NewNegotiation(), offer, new AnswerPolicy { Codecs = [VideoCodec.H264, VideoCodec.Vp8] });
        Assert.Equal(
            ["42e01f/1", "42001f/1", "/0"],
            session.Sections[0].Codecs.Select(codec => $"{codec.ProfileLevelId}/{codec.PacketizationMode}"));
        (_, session) = SdpTesting.Answer(SdpTesting.NewNegotiation(), offer, new AnswerPolicy { Codecs = [VideoCodec.Vp8] });
        Assert.Equal(VideoCodec.Vp8, Assert.Single(session.Sections[0].Codecs).Codec);
    }

    [Fact]
    public void High_profile_is_taken_only_where_nothing_is_sent_back()
    {
        string high =
            "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:v\r\na=sendonly\r\na=rtcp-mux\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 "
                + "profile-level-id=64001f;packetization-mode=1\r\n";
        (_, NegotiatedSession session) = SdpTesting.Answer(SdpTesting.NewNegotiation(), Offer(high, "v"));
        Assert.Equal("64001f", session.Sections[0].Codecs[0].ProfileLevelId);
        Assert.Equal(
            "no common video codec: offered H264",
            SdpTesting.Refusal(Offer(high.Replace("sendonly", "sendrecv", StringComparison.Ordinal), "v")));
    }

    [Theory]
    [InlineData("recvonly", ";packetization-mode=0", "97", "VP8")]
    [InlineData("recvonly", "", "97 96", "VP8 H264")]
    [InlineData("recvonly", ";packetization-mode=1", "96 97", "H264 VP8")]
    [InlineData("sendonly", ";packetization-mode=0", "96 97", "H264 VP8")]
    public void H264_is_not_sent_in_single_units(string direction, string mode, string formats, string names)
    {
        string section =
            $"m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\na=mid:v\r\na={direction}\r\na=rtcp-mux\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 "
                + $"profile-level-id=42e01f{mode}\r\na=rtpmap:97 VP8/90000\r\n";
        var policy = new AnswerPolicy { Codecs = [VideoCodec.H264, VideoCodec.Vp8] };
        (SessionDescription answer, _) = SdpTesting.Answer(SdpTesting.NewNegotiation(), Offer(section, "v"), policy);
        Assert.Equal(formats.Split(' '), answer.Media[0].Formats);
        Assert.Equal(names.Split(' '), answer.Media[0].PayloadFormats.Select(format => format.Name));
    }

    [Fact]
    public void H264_in_single_units_alone_is_refused_by_name()
    {
        string section =
            "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:v\r\na=recvonly\r\na=rtcp-mux\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 "
                + "profile-level-id=42e01f;packetization-mode=0\r\n";
        Assert.Equal("no common video codec: offered H264 (packetization-mode=0)", SdpTesting.Refusal(Offer(section, "v")));
    }

    [Fact]
    public void Transport_feedback_is_not_promised_without_its_extension()
    {
        string video = Video + "a=rtcp-fb:* transport-cc\r\na=rtcp-fb:* nack pli\r\n";
        (SessionDescription answer, NegotiatedSession session) = SdpTesting.Answer(SdpTesting.NewNegotiation(), Offer(video, "v"));
        Assert.False(session.Sections[0].Codecs[0].TransportCc);
        Assert.True(session.Sections[0].Codecs[0].NackPli);
        Assert.DoesNotContain("transport-cc", answer.Media[0].PayloadFormats[0].Feedback);
    }

    [Fact]
    public void Extensions_keep_their_ids_and_turn_their_directions()
    {
        string video = Video + "a=extmap:7/sendonly " + ExtensionUris.PlayoutDelay + "\r\na=extmap:3 " + ExtensionUris.Mid +
            "\r\na=extmap:20 " + ExtensionUris.AbsSendTime + "\r\na=extmap:4 urn:unknown\r\na=extmap:5/inactive "
                + ExtensionUris.VideoOrientation + "\r\n";
        (SessionDescription answer, NegotiatedSession session) = SdpTesting.Answer(SdpTesting.NewNegotiation(), Offer(video, "v"));
        Assert.Equal(
            [new ExtensionMapping(7, ExtensionUris.PlayoutDelay, MediaDirection.ReceiveOnly), new ExtensionMapping(
                3, ExtensionUris.Mid, MediaDirection.SendReceive)],
            answer.Media[0].Extensions);
        Assert.Equal(new HeaderExtensionIds { PlayoutDelay = 7, Mid = 3 }, session.Sections[0].Extensions);
    }

    [Fact]
    public void Renegotiation_keeps_ssrcs_and_order_and_reuses_stopped_places()
    {
        SdpNegotiation negotiation = SdpTesting.NewNegotiation();
        (SessionDescription answer1, NegotiatedSession first) = SdpTesting.Answer(negotiation, Offer(Video + Data));
        string stopped = Video.Replace("video 9", "video 0", StringComparison.Ordinal);
        (SessionDescription answer2, NegotiatedSession second) = SdpTesting.Answer(negotiation, Offer(stopped + Data, "d"));
        Assert.True(second.Sections[0].Rejected);
        Assert.Equal(["d"], answer2.BundleGroups[0]);
        string reused = Video.Replace("mid:v", "mid:w", StringComparison.Ordinal);
        (_, NegotiatedSession third) = SdpTesting.Answer(negotiation, Offer(reused + Data, "w d"));
        Assert.Equal("w", third.Sections[0].Mid);
        Assert.NotEqual(first.Sections[0].SendSsrc, third.Sections[0].SendSsrc);
        (SessionDescription answer4, NegotiatedSession fourth) = SdpTesting.Answer(negotiation, Offer(reused + Data, "w d"));
        Assert.Equal(third.Sections[0].SendSsrc, fourth.Sections[0].SendSsrc);
        Assert.Equal(answer1.SessionId, answer4.SessionId);
        Assert.Equal(answer1.Version + 3, answer4.Version);
        Assert.False(second.IsIceRestart || third.IsIceRestart || fourth.IsIceRestart);
    }

    [Fact]
    public void Sections_may_not_vanish_or_change_their_nature()
    {
        SdpNegotiation negotiation = SdpTesting.NewNegotiation();
        SdpTesting.Answer(negotiation, Offer(Video + Data));
        Assert.Equal("the offer has 1 sections, fewer than the 2 agreed on before", Refusal(Offer(Video, "v")));
        Assert.StartsWith(
            "section 0 of the offer was Video with mid v and is now Data with mid d", Refusal(Offer(Data + Video)),
            StringComparison.Ordinal);
        // A failed step left everything as it was.
        SdpTesting.Answer(negotiation, Offer(Video + Data));

        string Refusal(string offer)
        {
            Assert.False(negotiation.TryAnswer(offer, new AnswerPolicy(), SdpTesting.Local, out _, out _, out string error));
            return error;
        }
    }

    [Fact]
    public void Changed_credentials_are_an_ice_restart_and_a_new_section_is_none()
    {
        SdpNegotiation negotiation = SdpTesting.NewNegotiation();
        SdpTesting.Answer(negotiation, Offer(Video.Replace("9 UDP", "0 UDP", StringComparison.Ordinal) + Data, "d"));
        string front = Video.Replace(
            "mid:v", "mid:x\r\na=ice-ufrag:other\r\na=ice-pwd:otherotherotherotherother", StringComparison.Ordinal);
        Assert.False(negotiation.IsIceRestart(Offer(front + Data, "x d")));
        (SessionDescription answer, NegotiatedSession session) = SdpTesting.Answer(negotiation, Offer(front + Data, "x d"));
        Assert.False(session.IsIceRestart);
        Assert.Equal(["d", "x"], answer.BundleGroups[0]);
        Assert.Equal("abcd", session.RemoteUfrag);
        string restart = Transport.Replace("abcd\r\n", "wxyz\r\n", StringComparison.Ordinal);
        Assert.True(negotiation.IsIceRestart(Offer(front + Data, "x d", restart)));
        (_, session) = SdpTesting.Answer(negotiation, Offer(front + Data, "x d", restart));
        Assert.True(session.IsIceRestart);
        (_, session) = SdpTesting.Answer(negotiation, Offer(front + Data, "x d", restart));
        Assert.False(session.IsIceRestart);
    }

    [Fact]
    public void Stopping_everything_is_answered()
    {
        SdpNegotiation negotiation = SdpTesting.NewNegotiation();
        SdpTesting.Answer(negotiation, Offer(Video, "v"));
        (SessionDescription answer, NegotiatedSession session) =
            SdpTesting.Answer(negotiation, Offer(Video.Replace("video 9", "video 0", StringComparison.Ordinal), ""));
        Assert.True(answer.Media[0].IsRejected && session.Sections[0].Rejected);
    }

    [Fact]
    public void Two_negotiations_agree_with_each_other_through_many_rounds()
    {
        SdpNegotiation one = SdpTesting.NewNegotiation(1), two = SdpTesting.NewNegotiation(2);
        OfferPlan[] plans =
        [
            new() { Video = [MediaDirection.SendOnly], DataChannel = true },
            new() { Video = [MediaDirection.SendOnly, MediaDirection.SendReceive], DataChannel = true },
            new() { Video = [], DataChannel = true },
            new() { Video = [MediaDirection.ReceiveOnly], DataChannel = false },
            new() { Video = [MediaDirection.SendReceive, MediaDirection.SendReceive, MediaDirection.Inactive], DataChannel = true },
        ];
        for (int round = 0; round < 20; round++)
        {
            (SdpNegotiation offerer, SdpNegotiation answerer) = round % 2 == 0 ? (one, two) : (two, one);
            OfferPlan plan = plans[round % plans.Length];
            string offer = offerer.CreateOffer(plan, SdpTesting.Local);
            Assert.True(offerer.HasPendingOffer);
            Assert.True(
                answerer.TryAnswer(
                    offer, new AnswerPolicy(), SdpTesting.Local, out string answer, out NegotiatedSession? theirs, out string error),
                error);
            Assert.True(offerer.TryAcceptAnswer(answer, out NegotiatedSession? ours, out error), error);
            Assert.Equal(ours.Sections.Count, theirs.Sections.Count);
            for (int i = 0; i < ours.Sections.Count; i++)
            {
                MediaSection a = ours.Sections[i], b = theirs.Sections[i];
                Assert.Equal((a.Mid, a.Kind, a.Rejected, a.Sends, a.Receives), (b.Mid, b.Kind, b.Rejected, b.Receives, b.Sends));
                Assert.Equal(a.Extensions, b.Extensions);
                Assert.Equal(a.Codecs, b.Codecs);
                if (b is { Sends: true, Kind: MediaKind.Video })
                {
                    Assert.Equal(new RemoteStream(b.SendSsrc, b.SendRtxSsrc), Assert.Single(a.RemoteStreams));
                }
            }

            Assert.Equal(plan.DataChannel, ours.DataMid is not null);
            Assert.NotEqual(ours.LocalDtlsRole, theirs.LocalDtlsRole);
        }

        Assert.True(one.Current!.Sections.Count <= 4, "stopped places were not used again");
    }

    [Fact]
    public void Answers_that_break_the_rules_are_refused()
    {
        SdpNegotiation one = SdpTesting.NewNegotiation(1), two = SdpTesting.NewNegotiation(2);
        Assert.False(one.TryAcceptAnswer("v=0", out _, out string error));
        Assert.Equal("there is no offer that this answer could belong to", error);
        string offer = one.CreateOffer(new OfferPlan { Video = [MediaDirection.SendOnly], DataChannel = true }, SdpTesting.Local);
        Assert.True(two.TryAnswer(offer, new AnswerPolicy(), SdpTesting.Local, out string answer, out _, out _));
        Assert.False(one.TryAnswer(offer, new AnswerPolicy(), SdpTesting.Local, out _, out _, out error));
        Assert.Equal("an offer of this end is still waiting for its answer", error);
        Refused("a=setup:passive", "a=setup:actpass", "the answer must choose who opens DTLS");
        Refused("a=group:BUNDLE 0 1", "a=group:BUNDLE 0", "BUNDLE and rtcp-mux are required: the answer does not bundle section 1");
        Refused("a=mid:1", "a=mid:7", "the answer's section application with mid 7 stands where");
        Refused("a=rtcp-mux\r\n", "", "BUNDLE and rtcp-mux are required: section 0 of the answer has no a=rtcp-mux");
        Refused("VP8/90000", "VP9/90000", "", refused: false);
        Refused("m=application", "m=audio", "the answer's section audio");
        Refused("a=ice-pwd", "a=x-pwd", "the answer has no ICE credentials");

        void Refused(string from, string to, string complaint, bool refused = true)
        {
            SdpNegotiation fresh = SdpTesting.NewNegotiation(1);
            fresh.CreateOffer(new OfferPlan { Video = [MediaDirection.SendOnly], DataChannel = true }, SdpTesting.Local);
            bool taken = fresh.TryAcceptAnswer(answer.Replace(from, to, StringComparison.Ordinal), out _, out string said);
            Assert.Equal(!refused, taken);
            Assert.StartsWith(complaint, said, StringComparison.Ordinal);
            Assert.Equal(refused, fresh.HasPendingOffer);
        }
    }

    [Fact]
    public void Old_sctp_form_is_answered_in_kind()
    {
        (SessionDescription answer, NegotiatedSession session) = SdpTesting.Answer(
            SdpTesting.NewNegotiation(), SdpTesting.Offer("aiortc-publish"));
        Assert.Equal("DTLS/SCTP", answer.Media[1].Protocol);
        Assert.Equal(["5000"], answer.Media[1].Formats);
        Assert.Contains("a=sctpmap:5000 webrtc-datachannel 65535\r\n", answer.ToString(), StringComparison.Ordinal);
        Assert.Equal((5000, 65536), (session.SctpPort, session.RemoteMaxMessageSize));
    }

    [Fact]
    public void Bundle_only_section_is_accepted_and_untagged_audio_rejected()
    {
        (SessionDescription answer, _) = SdpTesting.Answer(SdpTesting.NewNegotiation(), SdpTesting.Offer("gstreamer-publish"));
        Assert.All(answer.Media, media => Assert.False(media.IsRejected));
        string audio = "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:a\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\n";
        (answer, _) = SdpTesting.Answer(SdpTesting.NewNegotiation(), Offer(Video + audio + "m=text 9 RTP/AVP 98\r\n", "v a"));
        Assert.Equal([false, true, true], answer.Media.Select(media => media.IsRejected));
        Assert.Equal(["v"], answer.BundleGroups[0]);
        Assert.Equal("text", answer.Media[2].KindText);
    }
}
