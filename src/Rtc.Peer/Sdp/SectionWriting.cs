using System.Globalization;

namespace Rtc.Peer.Sdp;

/// <summary>The pieces that our offers and our answers write alike.</summary>
internal static class SectionWriting
{
    /// <summary>The discard port: with ICE the m-line's own port says nothing (RFC 8839 section 4.2.1.1).</summary>
    public const ushort DiscardPort = 9;

    public static void Transport(MediaDescription media, LocalTransport local, DtlsSetup setup, bool carriesCandidates)
    {
        media.IceUfrag = local.Ufrag;
        media.IcePassword = local.Password;
        media.IceTrickle = true;
        media.Setup = setup;
        media.Fingerprints.Add(new Fingerprint("sha-256", local.Sha256Fingerprint));
        if (!carriesCandidates)
        {
            return;
        }

        foreach (string line in local.CandidateLines)
        {
            if (!IceCandidate.TryParse(line, out IceCandidate candidate))
            {
                throw new ArgumentException($"not a candidate line: {line}", nameof(local));
            }

            media.Candidates.Add(candidate);
        }

        media.EndOfCandidates = local.EndOfCandidates;
    }

    /// <summary>
    /// Announces our streams. Without a=ssrc a browser would have to find the section by the MID extension alone,
    /// and drops the packets where it can't.
    /// </summary>
    public static void Sources(MediaDescription media, MediaSection section, string cname, string streamId)
    {
        if (!section.Sends)
        {
            return;
        }

        media.Msid = $"{streamId} {streamId}-{section.Mid}";
        media.Sources.Add(new SourceDescription(section.SendSsrc.Value) { Cname = cname, Msid = media.Msid });
        if (section.Codecs.Any(codec => codec.RtxPayloadType is not null))
        {
            media.SourceGroups.Add(new SourceGroup("FID", section.SendSsrc.Value, section.SendRtxSsrc.Value));
            media.Sources.Add(new SourceDescription(section.SendRtxSsrc.Value) { Cname = cname, Msid = media.Msid });
        }
    }

    public static MediaDescription Data(SectionState state, NegotiationOptions options) => new()
    {
        Kind = MediaKind.Data,
        KindText = state.KindText,
        Port = DiscardPort,
        Protocol = state.Protocol,
        Formats = { state.OldSctpForm ? options.SctpPort.ToString(CultureInfo.InvariantCulture) : "webrtc-datachannel" },
        Mid = state.MidIsWritten ? state.Section.Mid : null,
        OldSctpForm = state.OldSctpForm,
        SctpPort = options.SctpPort,
        MaxMessageSize = options.MaxMessageSize,
    };

    public static MediaDescription Rtp(SectionState state)
    {
        var media = new MediaDescription
        {
            Kind = state.Section.Kind,
            KindText = state.KindText,
            Port = DiscardPort,
            Protocol = state.Protocol,
            Mid = state.MidIsWritten ? state.Section.Mid : null,
            Direction = MediaDirections.Of(state.Section.Sends, state.Section.Receives),
            RtcpMux = true,
            RtcpReducedSize = state.Section.ReducedSizeRtcp,
        };
        media.Extensions.AddRange(state.Extensions);
        VideoCodecMatch.Write(state.Section.Codecs, media);
        if (state.IdleFormat is { } idle)
        {
            media.PayloadFormats.Add(idle);
            media.Formats.Add(state.FirstFormat);
        }

        return media;
    }

    /// <summary>A refused place keeps its words and one format, and nothing else (RFC 9429 section 5.3.1).</summary>
    public static MediaDescription Rejected(SectionState state) => new()
    {
        Kind = state.Section.Kind,
        KindText = state.KindText,
        Port = 0,
        Protocol = state.Protocol,
        Formats = { state.FirstFormat },
        Mid = state.MidIsWritten ? state.Section.Mid : null,
        Direction = MediaDirection.Inactive,
    };

    public static SectionState RejectedState(MediaDescription media, string mid) => new()
    {
        Section = new MediaSection { Mid = mid, Kind = media.Kind, Rejected = true },
        KindText = media.KindText,
        Protocol = media.Protocol,
        FirstFormat = media.Formats[0],
        MidIsWritten = media.Mid is not null,
    };
}
