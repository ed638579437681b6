using System.Runtime.CompilerServices;
using Rtc.Peer.Sdp;
using Rtc.Peer.Tests.Simulation;
using Xunit;

namespace Rtc.Peer.Tests.Sdp;

/// <summary>What the SDP tests share: the recorded offers, a transport, a negotiation with a fixed seed.</summary>
internal static class SdpTesting
{
    public static readonly LocalTransport Local = new()
    {
        Ufrag = "ours",
        Password = "ourpasswordourpassword00",
        Sha256Fingerprint = string.Join(':', Enumerable.Range(0, 32).Select(i => i.ToString("X2", null))),
        CandidateLines =
        [
            "candidate:1 1 udp 2130706431 192.0.2.10 8444 typ host", "candidate:2 1 tcp 1671430143 192.0.2.10 8444 typ host tcptype passive"
        ],
    };

    public static string OffersFolder([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "Offers");

    public static string Offer(string name) => File.ReadAllText(Path.Combine(OffersFolder(), name + ".sdp"));

    public static IEnumerable<string> OfferNames() =>
        Directory.GetFiles(OffersFolder(), "*.sdp").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal);

    public static SdpNegotiation NewNegotiation(ulong seed = 1) =>
        new(new NegotiationOptions { Random = SeededRandom.Of(seed), Cname = "cname-" + seed });

    public static SessionDescription Parse(string text)
    {
        Assert.True(SessionDescription.TryParse(text, out SessionDescription description, out string error), error);
        return description;
    }

    /// <summary>Answers or fails the test with the reason.</summary>
    public static (
        SessionDescription Answer, NegotiatedSession Session) Answer(SdpNegotiation negotiation, string offer, AnswerPolicy? policy = null)
    {
        Assert.True(
            negotiation.TryAnswer(
                offer, policy ?? new AnswerPolicy(), Local, out string answer, out NegotiatedSession? session, out string error), error);
        return (Parse(answer), session);
    }

    public static string Refusal(string offer, AnswerPolicy? policy = null)
    {
        Assert.False(NewNegotiation().TryAnswer(offer, policy ?? new AnswerPolicy(), Local, out _, out _, out string error));
        return error;
    }
}
