using System.Globalization;

namespace Rtc.Peer.Sdp;

/// <summary>Makes an offer (RFC 9429 section 5.2) out of what was agreed on before and what is wanted now.</summary>
internal sealed class OfferBuilder
{
    private const string VideoProtocol = "UDP/TLS/RTP/SAVPF";
    private const string DataProtocol = "UDP/DTLS/SCTP";

    // Constrained baseline at level 3.1, as everybody offers it; the decoder minds no higher level (level-asymmetry-allowed).
    private const string ProfileLevelId = "42e01f";

    // The numbers of a first offer. Later ones keep what was agreed on, since in a BUNDLE group
    // a payload type means the same in every section (RFC 9143 section 9.1).
    private static readonly NegotiatedCodec s_vp8 = Codec(VideoCodec.Vp8, 96, 0, null);
    private static readonly NegotiatedCodec s_h264 = Codec(VideoCodec.H264, 98, 1, ProfileLevelId);
    private static readonly NegotiatedCodec s_h264SingleUnit = Codec(VideoCodec.H264, 100, 0, ProfileLevelId);

    private static readonly List<ExtensionMapping> s_extensions =
    [
        new(1, ExtensionUris.Mid, MediaDirection.SendReceive),
        new(2, ExtensionUris.AbsSendTime, MediaDirection.SendReceive),
        new(3, ExtensionUris.TransportCc, MediaDirection.SendReceive),
        new(4, ExtensionUris.VideoOrientation, MediaDirection.SendReceive),
        new(5, ExtensionUris.PlayoutDelay, MediaDirection.SendReceive),
        new(6, ExtensionUris.AbsCaptureTime, MediaDirection.SendReceive),
    ];

    private readonly OfferPlan _plan;
    private readonly SessionNumbers _numbers;
    private readonly List<SectionState> _states;
    private readonly HashSet<string> _stoppedNow = [];

    private OfferBuilder(OfferPlan plan, SessionNumbers numbers, IReadOnlyList<SectionState> before)
    {
        _plan = plan;
        _numbers = numbers;
        _states = [.. before];
    }

    public static (SessionDescription Offer, IReadOnlyList<SectionState> States) Create(
        OfferPlan plan, LocalTransport local, NegotiationOptions options, SessionNumbers numbers, IReadOnlyList<SectionState> before)
    {
        var builder = new OfferBuilder(plan, numbers, before);
        builder.PlaceVideos();
        builder.PlaceData();
        return (builder.Write(local, options), builder._states);
    }

    private void PlaceVideos()
    {
        int placed = 0;
        for (int i = 0; i < _states.Count; i++)
        {
            if (_states[i].Section is not { Kind: MediaKind.Video, Rejected: false } section)
            {
                continue;
            }

            if (placed < _plan.Video.Count)
            {
                MediaDirection direction = _plan.Video[placed++];
                _states[i] = _states[i] with { Section = section with { Sends = direction.Sends(), Receives = direction.Receives() } };
            }
            else
            {
                Stop(i);
            }
        }

        for (; placed < _plan.Video.Count; placed++)
        {
            Place(NewVideo(_plan.Video[placed]));
        }
    }

    private void Stop(int index)
    {
        MediaSection section = _states[index].Section;
        _states[index] = _states[index] with { Section = new MediaSection { Mid = section.Mid, Kind = section.Kind, Rejected = true } };
        _stoppedNow.Add(section.Mid);
    }

    private void PlaceData()
    {
        int at = _states.FindIndex(state => state.Section is { Kind: MediaKind.Data, Rejected: false });
        if (at >= 0 && !_plan.DataChannel)
        {
            Stop(at);
        }
        else if (at < 0 && _plan.DataChannel)
        {
            Place(new SectionState
            {
                KindText = "application",
                Protocol = DataProtocol,
                FirstFormat = "webrtc-datachannel",
                Section = new MediaSection { Mid = FreeMid(), Kind = MediaKind.Data, Rejected = false, Sends = true, Receives = true },
            });
        }
    }

    // A stopped place of the same kind is used again before a new one is added (RFC 9429 section 5.2.2),
    // but not one that this very offer stops.
    private void Place(SectionState state)
    {
        int free = _states.FindIndex(
            old => old.Section.Rejected && old.Section.Kind == state.Section.Kind && !_stoppedNow.Contains(old.Section.Mid));
        if (free >= 0)
        {
            _states[free] = state;
        }
        else
        {
            _states.Add(state);
        }
    }

    private SectionState NewVideo(MediaDirection direction)
    {
        SectionState? sibling = _states.Find(state => state.Section is { Kind: MediaKind.Video, Rejected: false });
        List<ExtensionMapping> extensions = sibling?.Extensions ?? s_extensions;
        SendSources sources = _numbers.Sources();
        IReadOnlyList<NegotiatedCodec> codecs = sibling?.Section.Codecs ?? Codecs();
        return new SectionState
        {
            KindText = "video",
            Protocol = VideoProtocol,
            FirstFormat = codecs[0].PayloadType.ToString(CultureInfo.InvariantCulture),
            Extensions = extensions,
            Section = new MediaSection
            {
                Mid = FreeMid(),
                Kind = MediaKind.Video,
                Rejected = false,
                Sends = direction.Sends(),
                Receives = direction.Receives(),
                Codecs = codecs,
                Extensions = ExtensionUris.Ids(extensions),
                ReducedSizeRtcp = true,
                SendSsrc = sources.Media,
                SendRtxSsrc = sources.Rtx,
            },
        };
    }

    private List<NegotiatedCodec> Codecs()
    {
        var codecs = new List<NegotiatedCodec>();
        foreach (VideoCodec codec in _plan.Codecs)
        {
            codecs.AddRange(codec switch
            {
                VideoCodec.Vp8 => [s_vp8],
                VideoCodec.H264 => [s_h264, s_h264SingleUnit],
                _ => Array.Empty<NegotiatedCodec>(),
            });
        }

        return codecs.Count > 0 ? codecs : [s_vp8];
    }

    private string FreeMid()
    {
        for (int number = 0; ; number++)
        {
            string mid = number.ToString(CultureInfo.InvariantCulture);
            if (!_states.Exists(state => state.Section.Mid == mid))
            {
                return mid;
            }
        }
    }

    private SessionDescription Write(LocalTransport local, NegotiationOptions options)
    {
        var offer = new SessionDescription { IceLite = local.IceLite };
        var bundled = new List<string>();
        foreach (SectionState state in _states)
        {
            if (state.Section.Rejected)
            {
                offer.Media.Add(SectionWriting.Rejected(state));
                continue;
            }

            MediaDescription media = state.Section.Kind == MediaKind.Data
                ? SectionWriting.Data(state, options)
                : SectionWriting.Rtp(state);
            SectionWriting.Transport(media, local, DtlsSetup.ActPass, bundled.Count == 0);
            SectionWriting.Sources(media, state.Section, options.Cname, _plan.StreamId);
            offer.Media.Add(media);
            bundled.Add(state.Section.Mid);
        }

        if (bundled.Count > 0)
        {
            offer.BundleGroups.Add(bundled);
        }

        return offer;
    }

    private static NegotiatedCodec Codec(VideoCodec codec, byte payloadType, int packetizationMode, string? profileLevelId) => new()
    {
        PayloadType = payloadType,
        Codec = codec,
        RtxPayloadType = (byte)(payloadType + 1),
        PacketizationMode = packetizationMode,
        ProfileLevelId = profileLevelId,
        Nack = true,
        NackPli = true,
        CcmFir = true,
        Remb = true,
        TransportCc = true,
    };
}
