using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Rtc.Peer.Sdp;

/// <summary>Takes the other end's answer to an offer of ours (RFC 9429 section 5.11) and finds what both agreed on.</summary>
internal static class AnswerReader
{
    public static bool TryRead(
        SessionDescription answer,
        IReadOnlyList<SectionState> offered,
        NegotiatedSession? lastSession,
        [NotNullWhen(true)] out NegotiationStep? step,
        out string error)
    {
        step = null;
        if (answer.Media.Count != offered.Count)
        {
            error = string.Create(
                CultureInfo.InvariantCulture, $"the answer has {answer.Media.Count} sections, the offer had {offered.Count}");
            return false;
        }

        var states = new List<SectionState>(offered.Count);
        for (int i = 0; i < offered.Count; i++)
        {
            if (!TryReadSection(answer.Media[i], offered[i], out SectionState? state, out error))
            {
                return false;
            }

            states.Add(state);
        }

        int carrier = Carrier(answer, states);
        if (carrier < 0)
        {
            error = "the answer rejects every section";
            return false;
        }

        MediaDescription media = answer.Media[carrier];
        error = BundleError(answer, states, carrier) ?? RemoteFacts.TransportError(media, "answer") ?? "";
        if (error.Length == 0 && media.Setup is DtlsSetup.ActPass or DtlsSetup.HoldConnection)
        {
            error = "the answer must choose who opens DTLS (a=setup:active or a=setup:passive)";
        }

        if (error.Length > 0)
        {
            return false;
        }

        // Without a=setup the answerer is active (RFC 4145 section 4).
        DtlsRole role = media.Setup == DtlsSetup.Passive ? DtlsRole.Client : DtlsRole.Server;
        step = new NegotiationStep(null, RemoteFacts.Session(answer, carrier, role, lastSession, states), states);
        return true;
    }

    private static bool TryReadSection(
        MediaDescription media, SectionState offered, [NotNullWhen(true)] out SectionState? state, out string error)
    {
        state = null;
        error = "";
        MediaSection section = offered.Section;
        if ((media.Mid is not null && media.Mid != section.Mid) || media.KindText != offered.KindText)
        {
            error =
                $"the answer's section {media.KindText} with mid {media.Mid} stands where the offer had {offered.KindText} with "
                    + $"mid {section.Mid}";
            return false;
        }

        if (section.Rejected || media.IsRejected)
        {
            state = offered with { Section = new MediaSection { Mid = section.Mid, Kind = section.Kind, Rejected = true } };
            return true;
        }

        if (section.Kind != MediaKind.Video)
        {
            state = offered;
            return true;
        }

        // The answerer turned the directions of extensions round; turned back they are ours.
        List<ExtensionMapping> extensions = ExtensionUris.Agree(
            media.Extensions.Where(theirs => offered.Extensions.Exists(ours => ours.Id == theirs.Id && ours.Uri == theirs.Uri)), false);
        HeaderExtensionIds ids = ExtensionUris.Ids(extensions);
        List<NegotiatedCodec> codecs = Common(section.Codecs, media, ids);
        if (codecs.Count == 0)
        {
            error = $"section {section.Mid} of the answer has no codec of the offer: it has {VideoCodecMatch.Names(media)}";
            return false;
        }

        state = offered with
        {
            Extensions = extensions,
            Section = section with
            {
                Sends = section.Sends && media.Direction.Receives(),
                Receives = section.Receives && media.Direction.Sends(),
                Codecs = codecs,
                Extensions = ids,
                ReducedSizeRtcp = section.ReducedSizeRtcp && media.RtcpReducedSize,
                RemoteStreams = RemoteFacts.Streams(media),
                RemoteMsid = RemoteFacts.Msid(media),
                RemoteCname = RemoteFacts.Cname(media),
            },
        };
        return true;
    }

    /// <summary>The codecs of the offer that the answer kept, in the answer's order: that says what it would rather have.</summary>
    private static List<NegotiatedCodec> Common(
        IReadOnlyList<NegotiatedCodec> offered, MediaDescription media, HeaderExtensionIds ids)
    {
        var common = new List<NegotiatedCodec>();
        foreach (NegotiatedCodec theirs in VideoCodecMatch
            .Find(media, [VideoCodec.Vp8, VideoCodec.H264], false, ids.TransportCc is not null))
        {
            NegotiatedCodec? ours = offered.FirstOrDefault(
                codec => codec.PayloadType == theirs.PayloadType && codec.Codec == theirs.Codec);
            if (ours is not null)
            {
                common.Add(theirs with { RtxPayloadType = theirs.RtxPayloadType == ours.RtxPayloadType ? ours.RtxPayloadType : null });
            }
        }

        return [.. common.OrderBy(codec => media.PayloadFormats.FindIndex(format => format.PayloadType == codec.PayloadType))];
    }

    private static int Carrier(SessionDescription answer, List<SectionState> states)
    {
        foreach (string mid in answer.BundleGroups.SelectMany(group => group))
        {
            int index = states.FindIndex(state => state.Section.Mid == mid && !state.Section.Rejected);
            if (index >= 0)
            {
                return index;
            }
        }

        return states.FindIndex(state => !state.Section.Rejected);
    }

    private static string? BundleError(SessionDescription answer, List<SectionState> states, int carrier)
    {
        List<string>? group = answer.BundleGroups.Find(mids => mids.Contains(states[carrier].Section.Mid));
        for (int i = 0; i < states.Count; i++)
        {
            MediaSection section = states[i].Section;
            if (!section.Rejected && i != carrier && (group is null || !group.Contains(section.Mid)))
            {
                return $"BUNDLE and rtcp-mux are required: the answer does not bundle section {section.Mid}";
            }

            if (section is { Rejected: false, Kind: MediaKind.Video } && !answer.Media[i].RtcpMux)
            {
                return $"BUNDLE and rtcp-mux are required: section {section.Mid} of the answer has no a=rtcp-mux";
            }
        }

        return null;
    }
}
