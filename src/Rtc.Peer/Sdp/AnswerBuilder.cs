using System.Globalization;
using System.Diagnostics.CodeAnalysis;

namespace Rtc.Peer.Sdp;

/// <summary>A finished negotiation step: what to write, what it means, and what to remember.</summary>
internal sealed record NegotiationStep(SessionDescription? Description, NegotiatedSession Session, IReadOnlyList<SectionState> States);

/// <summary>
/// Makes the answer to an offer (RFC 9429 section 5.3): a function of its arguments. Payload types and extension ids
/// are the offer's, the order of sections is kept, everything accepted shares one transport.
/// </summary>
internal sealed class AnswerBuilder
{
    private readonly SessionDescription _offer;
    private readonly AnswerPolicy _policy;
    private readonly IReadOnlyList<SectionState> _before;
    private readonly SessionNumbers _numbers;
    private readonly List<SectionState> _states = [];
    private string? _codecError;
    private int _videos;
    private int _received;
    private bool _hasData;

    private AnswerBuilder(SessionDescription offer, AnswerPolicy policy, IReadOnlyList<SectionState> before, SessionNumbers numbers)
    {
        _offer = offer;
        _policy = policy;
        _before = before;
        _numbers = numbers;
    }

    public static bool TryCreate(
        SessionDescription offer,
        AnswerPolicy policy,
        LocalTransport local,
        NegotiationOptions options,
        SessionNumbers numbers,
        IReadOnlyList<SectionState> before,
        NegotiatedSession? lastSession,
        [NotNullWhen(true)] out NegotiationStep? step,
        out string error)
    {
        step = null;
        var builder = new AnswerBuilder(offer, policy, before, numbers);
        error = builder.OrderError() ?? "";
        if (error.Length > 0)
        {
            return false;
        }

        for (int i = 0; i < offer.Media.Count; i++)
        {
            builder._states.Add(builder.Decide(i));
        }

        error = builder.AcceptanceError() ?? "";
        if (error.Length > 0)
        {
            return false;
        }

        var bundle = new AnswerBundle(offer, before, builder._states);
        bundle.KeepAudioThatCarries();
        int carrier = bundle.Carrier(lastSession);
        if (carrier < 0)
        {
            return builder.TryCloseEverything(lastSession, out step, out error);
        }

        error = bundle.Error(carrier) ?? RemoteFacts.TransportError(offer.Media[carrier], "offer") ?? "";
        DtlsSetup setup = offer.Media[carrier].Setup;
        if (error.Length == 0 && setup == DtlsSetup.HoldConnection)
        {
            error = "the offer holds the connection (a=setup:holdconn)";
        }

        if (error.Length > 0)
        {
            return false;
        }

        DtlsRole role = RoleFor(setup, lastSession, local);
        NegotiatedSession session = RemoteFacts.Session(offer, carrier, role, lastSession, builder._states);
        SessionDescription answer = builder.Write(carrier, bundle.GroupOf(carrier) is not null, role, local, options);
        step = new NegotiationStep(answer, session, builder._states);
        return true;
    }

    /// <summary>An open handshake keeps its roles as long as the offer leaves the choice (RFC 8842 section 5.5).</summary>
    private static DtlsRole RoleFor(DtlsSetup offered, NegotiatedSession? lastSession, LocalTransport local) => offered switch
    {
        DtlsSetup.Passive => DtlsRole.Client,
        DtlsSetup.Active => DtlsRole.Server,
        _ => lastSession?.LocalDtlsRole ?? (local.PreferDtlsClient ? DtlsRole.Client : DtlsRole.Server),
    };

    // Sections never go away and never change places (RFC 9429 section 5.2.2).
    private string? OrderError()
    {
        if (_offer.Media.Count == 0)
        {
            return "the offer has no media section";
        }

        if (_offer.Media.Count < _before.Count)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"the offer has {_offer.Media.Count} sections, fewer than the {_before.Count} agreed on before");
        }

        for (int i = 0; i < _before.Count; i++)
        {
            MediaSection was = _before[i].Section;
            if (was.Rejected)
            {
                continue;
            }

            string mid = _offer.MidOf(i);
            if (mid != was.Mid || _offer.Media[i].Kind != was.Kind)
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"section {i} of the offer was {was.Kind} with mid {was.Mid} and is now {_offer.Media[i].Kind} with mid {mid}");
            }
        }

        return null;
    }

    private SectionState Decide(int index)
    {
        MediaDescription media = _offer.Media[index];
        SectionState? accepted = media.IsRejected
            ? null
            : media.Kind switch
            {
                MediaKind.Video => DecideVideo(media, index),
                MediaKind.Data => DecideData(media, index),
                _ => null,
            };
        return accepted ?? SectionWriting.RejectedState(media, _offer.MidOf(index));
    }

    private SectionState? DecideVideo(MediaDescription media, int index)
    {
        if ((!_policy.ReceiveVideo && !_policy.SendVideo) || _videos == _policy.MaxVideoSections ||
            !media.Protocol.Contains("SAVP", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        bool sends = media.Direction.Receives() && _policy.SendVideo;
        bool receives = media.Direction.Sends() && _policy.ReceiveVideo && _received < _policy.MaxReceivedVideo;
        List<string> layers = receives ? Layers(media) : [];
        List<ExtensionMapping> extensions = ExtensionUris.Agree(media.Extensions, layers.Count > 0);
        HeaderExtensionIds ids = ExtensionUris.Ids(extensions);
        List<NegotiatedCodec> codecs = VideoCodecMatch.Find(media, _policy.Codecs, sends, ids.TransportCc is not null);
        if (codecs.Count == 0)
        {
            string names = VideoCodecMatch.Names(media);
            _codecError = "no common video codec: offered " + (names.Length == 0 ? "nothing with a name" : names);
            return null;
        }

        _videos++;
        _received += receives ? 1 : 0;
        SendSources sources = SourcesOf(index);
        return new SectionState
        {
            KindText = media.KindText,
            Protocol = media.Protocol,
            FirstFormat = codecs[0].PayloadType.ToString(CultureInfo.InvariantCulture),
            Extensions = extensions,
            MidIsWritten = media.Mid is not null,
            Section = new MediaSection
            {
                Mid = _offer.MidOf(index),
                Kind = MediaKind.Video,
                Rejected = false,
                Sends = sends,
                Receives = receives,
                Codecs = codecs,
                Extensions = ids,
                ReducedSizeRtcp = media.RtcpReducedSize,
                SendSsrc = sources.Media,
                SendRtxSsrc = sources.Rtx,
                RemoteStreams = RemoteFacts.Streams(media),
                RemoteMsid = RemoteFacts.Msid(media),
                RemoteCname = RemoteFacts.Cname(media),
                ReceiveRids = layers,
            },
        };
    }

    private SectionState? DecideData(MediaDescription media, int index)
    {
        bool dtls = media.Protocol.Contains("DTLS/SCTP", StringComparison.OrdinalIgnoreCase);
        if (!_policy.AcceptDataChannels || _hasData || !dtls)
        {
            return null;
        }

        _hasData = true;
        return new SectionState
        {
            KindText = media.KindText,
            Protocol = media.Protocol,
            FirstFormat = media.Formats[0],
            OldSctpForm = media.OldSctpForm,
            MidIsWritten = media.Mid is not null,
            Section = new MediaSection
            {
                Mid = _offer.MidOf(index), Kind = MediaKind.Data, Rejected = false, Sends = true, Receives = true,
            },
        };
    }

    private List<string> Layers(MediaDescription media)
    {
        bool named = media.Extensions.Exists(extension => extension.Uri == ExtensionUris.Rid);
        return named
            ? [
                .. media.SimulcastSend.Where(id => media.Rids.Contains(new RidDescription(id, true))).Distinct()
                    .TakeLast(_policy.MaxSimulcastLayers)
            ]
            : [];
    }

    // A section that stays keeps its SSRCs; a place that is used again gets new ones.
    private SendSources SourcesOf(int index)
    {
        bool stays = index < _before.Count && !_before[index].Section.Rejected && _before[index].Section.SendSsrc.Value != 0;
        return stays ? new SendSources(_before[index].Section.SendSsrc, _before[index].Section.SendRtxSsrc) : _numbers.Sources();
    }

    private string? AcceptanceError()
    {
        bool any = _states.Exists(state => !state.Section.Rejected);
        if (_videos == 0 && (_policy.RequireVideo || _policy.RequireCodec || !any))
        {
            if (_codecError is not null)
            {
                return _codecError;
            }

            if (_policy.RequireVideo)
            {
                return _offer.Media.Exists(media => media.Kind == MediaKind.Video && !media.IsRejected)
                    ? "the offer's video cannot be accepted here"
                    : "the offer has no video";
            }
        }

        bool allStopped = _offer.Media.TrueForAll(media => media.IsRejected);
        if (any || (allStopped && _before.Count > 0))
        {
            return null;
        }

        return "the offer has nothing that is accepted here: it has " + string.Join(
            ", ", _offer.Media.Select(media => media.KindText + (media.IsRejected ? " (stopped)" : "")).Distinct());
    }

    private bool TryCloseEverything(NegotiatedSession? lastSession, out NegotiationStep? step, out string error)
    {
        step = null;
        error = "the offer stops every section of a session that was never agreed on";
        if (lastSession is null)
        {
            return false;
        }

        error = "";
        var answer = new SessionDescription();
        answer.Media.AddRange(_states.Select(SectionWriting.Rejected));
        NegotiatedSession session = lastSession with
        {
            IsIceRestart = false,
            Sections = [.. _states.Select(state => state.Section)],
            DataMid = null,
            SctpPort = null,
        };
        step = new NegotiationStep(answer, session, _states);
        return true;
    }

    private SessionDescription Write(int carrier, bool inGroup, DtlsRole role, LocalTransport local, NegotiationOptions options)
    {
        var answer = new SessionDescription { IceLite = local.IceLite };
        var bundled = new List<string>();
        for (int i = 0; i < _states.Count; i++)
        {
            SectionState state = _states[i];
            if (state.Section.Rejected)
            {
                answer.Media.Add(SectionWriting.Rejected(state));
                continue;
            }

            MediaDescription media = state.Section.Kind == MediaKind.Data
                ? SectionWriting.Data(state, options)
                : SectionWriting.Rtp(state);
            foreach (string layer in state.Section.ReceiveRids)
            {
                media.Rids.Add(new RidDescription(layer, false));
                media.SimulcastReceive.Add(layer);
            }

            SectionWriting.Transport(media, local, role == DtlsRole.Server ? DtlsSetup.Passive : DtlsSetup.Active, i == carrier);
            SectionWriting.Sources(media, state.Section, options.Cname, _policy.StreamId);
            answer.Media.Add(media);
            bundled.Insert(i == carrier ? 0 : bundled.Count, state.Section.Mid);
        }

        if (inGroup)
        {
            answer.BundleGroups.Add(bundled);
        }

        return answer;
    }
}
