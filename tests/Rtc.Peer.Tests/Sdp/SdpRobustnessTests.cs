using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Rtc.Peer.Primitives;
using Rtc.Peer.Sdp;
using Xunit;

namespace Rtc.Peer.Tests.Sdp;

/// <summary>Whatever the text is: no exception, a reason on refusal, and an answer that keeps the rules on acceptance.</summary>
public sealed class SdpRobustnessTests(ITestOutputHelper output)
{
    private static readonly string[] s_dictionary =
    [
        "a=", "m=", "\r\n", "\n", "\r", ":", " ", "/", ";", "=", "0", "-1", "65536", "4294967296", "99999999999999999999", "*", "\0", "é",
        "a=group:BUNDLE 0 0",
        "a=mid:0", "a=rtpmap:96 VP8/90000", "a=fmtp:96 apt=96", "a=bundle-only", "a=simulcast:send ~a,b;c recv", "a=rid:a send",
        "a=setup:active",
        "m=video 0 UDP/TLS/RTP/SAVPF 96", "m=application 9 DTLS/SCTP 5000", "a=ice-ufrag:x", "a=extmap:1/recvonly urn:x",
        "a=ssrc-group:FID 1 1", "a=max-message-size:0",
    ];

    [Fact]
    public void Truncation_at_every_character_is_survived()
    {
        foreach (string name in SdpTesting.OfferNames())
        {
            string text = SdpTesting.Offer(name);
            for (int length = 0; length < text.Length; length++)
            {
                bool parsed = SessionDescription.TryParse(text.AsSpan(0, length), out _, out string reason);
                Assert.Equal(!parsed, reason.Length > 0);
                // The whole way only at the ends of lines: that is where another description begins.
                if (text[length] is '\r' or '\n')
                {
                    Try(text[..length]);
                }
            }
        }
    }

    [Fact]
    public void Mutated_offers_are_survived()
    {
        int iterations = Fuzz.Inputs(3_000);
        const int Seed = 20260101;
        output.WriteLine($"seed {Seed}, {iterations} iterations");
        var random = new Random(Seed);
        string[] corpus = [.. SdpTesting.OfferNames().Select(SdpTesting.Offer)];
        int accepted = 0;
        for (int i = 0; i < iterations; i++)
        {
            string text = Mutate(random, corpus);
            accepted += Try(text) ? 1 : 0;
        }

        output.WriteLine($"{accepted} were still answered");
        Assert.InRange(accepted, 1, iterations - 1);
    }

    [Fact]
    public void Any_text_is_refused_or_read()
    {
        Prop.ForAll<string>(text => Try("v=0\r\no=- 1 1 IN IP4 0\r\n" + text) || true).QuickCheckThrowOnFailure();
        Prop.ForAll<string>(text => !Try(text ?? "")).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Written_candidates_are_read_as_they_were()
    {
        Gen<IceCandidate> candidates =
            from priority in Gen.Choose(0, int.MaxValue)
            from port in Gen.Choose(0, 65535)
            from type in Gen.Elements(Enum.GetValues<IceCandidateType>())
            from tcp in Gen.Elements(true, false)
            from foundation in Gen.NonEmptyListOf(Gen.Elements("abcXYZ0189+/".ToCharArray())).Select(list => new string([.. list.Take(32)]))
            from address in Gen.Choose(1, 254).Four()
            select new IceCandidate
            {
                Foundation = foundation,
                Component = 1,
                Protocol = tcp ? TransportProtocol.Tcp : TransportProtocol.Udp,
                Priority = (uint)priority,
                Host = $"{address.Item1}.{address.Item2}.{address.Item3}.{address.Item4}",
                Port = (ushort)port,
                Type = type,
                TcpType = tcp ? "passive" : null,
                Transport = TransportAddress.FromIPv4(
                    (uint)((address.Item1 << 24) | (address.Item2 << 16) | (address.Item3 << 8) | address.Item4), (ushort)port,
                    tcp ? TransportProtocol.Tcp : TransportProtocol.Udp),
            };
        Prop.ForAll(
            candidates.ToArbitrary(),
            candidate => IceCandidate.TryParse(candidate.ToString(), out IceCandidate again) && again == candidate)
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Time_is_linear_in_the_size()
    {
        // The longest text allowed, made of the attribute that is dearest to look up; quadratic work would take minutes.
        var text = new StringBuilder("v=0\r\no=- 1 1 IN IP4 0\r\nm=video 9 UDP/TLS/RTP/SAVPF");
        text.Append(string.Concat(Enumerable.Range(0, 128).Select(i => $" {i}"))).Append("\r\n");
        while (text.Length < SdpLimits.MaxDescriptionLength - 100)
        {
            text.Append(CultureInfo.InvariantCulture, $"a=ssrc:{text.Length} cname:x\r\na=rtcp-fb:* x{text.Length}\r\na=rtcp-fb:5 y\r\n");
        }

        SessionDescription description = SdpTesting.Parse(text.ToString());
        Assert.Equal(SdpLimits.MaxSsrcs, description.Media[0].Sources.Count);
        Assert.True(description.Media[0].PayloadFormats.All(format => format.Feedback.Count <= 2 * SdpLimits.MaxFeedbacks));
    }

    private static bool Try(string text)
    {
        bool parsed = SessionDescription.TryParse(text, out SessionDescription offer, out string reason);
        Assert.Equal(!parsed, reason.Length > 0);
        if (!parsed)
        {
            return false;
        }

        // What was read can be written and read again, unless it was too long to be written in full.
        string written = offer.ToString();
        Assert.True(SessionDescription.TryParse(written, out SessionDescription again, out reason), reason + "\n" + written);
        Assert.Equal(written, again.ToString());

        SdpNegotiation negotiation = SdpTesting.NewNegotiation();
        if (!negotiation.TryAnswer(text, new AnswerPolicy(), SdpTesting.Local, out string answer, out _, out reason))
        {
            Assert.NotEqual("", reason);
            return false;
        }

        SessionDescription said = SdpTesting.Parse(answer);
        Assert.Equal(offer.Media.Count, said.Media.Count);
        Assert.Equal(answer.Split("\r\n").Length, answer.Split('\n').Length);
        // A second round with the same offer must be possible.
        Assert.True(negotiation.TryAnswer(text, new AnswerPolicy(), SdpTesting.Local, out _, out _, out reason), reason);
        return true;
    }

    private static string Mutate(Random random, string[] corpus)
    {
        var text = new StringBuilder(corpus[random.Next(corpus.Length)]);
        for (int changes = random.Next(1, 6); changes > 0; changes--)
        {
            int at = random.Next(text.Length + 1);
            switch (random.Next(5))
            {
                case 0:
                    text.Insert(at, s_dictionary[random.Next(s_dictionary.Length)]);
                    break;
                case 1:
                    text.Remove(at, Math.Min(random.Next(1, 30), text.Length - at));
                    break;
                case 2 when at < text.Length:
                    text[at] = (char)random.Next(1, 128);
                    break;
                case 3:
                    string other = corpus[random.Next(corpus.Length)];
                    int start = random.Next(other.Length);
                    text.Insert(at, other.AsSpan(start, Math.Min(random.Next(1, 400), other.Length - start)));
                    break;
                default:
                    string[] lines = text.ToString().Split("\r\n");
                    (int i, int k) = (random.Next(lines.Length), random.Next(lines.Length));
                    (lines[i], lines[k]) = (lines[k], lines[i]);
                    text = new StringBuilder(string.Join("\r\n", lines));
                    break;
            }
        }

        return text.ToString();
    }
}
