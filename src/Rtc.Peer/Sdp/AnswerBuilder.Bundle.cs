using System.Globalization;

namespace Rtc.Peer.Sdp;

/// <summary>Which section's transport carries all the others (RFC 9143).</summary>
internal sealed partial class AnswerBuilder
{
    // An audio section that is the first of its group stays, without sound: Chromium with bundlePolicy max-bundle
    // has given its only transport to that section, refuses an answer that rejects it ("Failed to setup RTCP mux"),
    // and its offer doesn't show which policy it has.
    private void KeepAudioThatCarries()
    {
        foreach (List<string> group in _offer.BundleGroups)
        {
            int tagged = _offer.Media.FindIndex(media => media.Mid == group.FirstOrDefault());
            bool shared = _states.Exists(state => !state.Section.Rejected && group.Contains(state.Section.Mid));
            if (shared && tagged >= 0 && _offer.Media[tagged] is { Kind: MediaKind.Audio, IsRejected: false, RtcpMux: true } media &&
                media.Protocol.Contains("SAVP", StringComparison.OrdinalIgnoreCase))
            {
                KeepIdle(tagged, media);
            }
        }

        // One that was kept before stays as it is, wherever the group begins now.
        for (int i = 0; i < _before.Count; i++)
        {
            bool kept = _before[i] is { IdleFormat: not null, Section.Rejected: false };
            if (kept && _states[i].Section.Rejected && _offer.Media[i] is { IsRejected: false, RtcpMux: true } media)
            {
                KeepIdle(i, media);
            }
        }
    }

    private void KeepIdle(int index, MediaDescription media)
    {
        PayloadFormat? offered = media.PayloadFormats.Find(format => format.Is("opus")) ?? media.PayloadFormats.FirstOrDefault();
        if (offered is null)
        {
            return;
        }

        List<ExtensionMapping> extensions =
            ExtensionUris.Agree(media.Extensions.Where(extension => extension.Uri == ExtensionUris.Mid), simulcast: false);
        _states[index] = _states[index] with
        {
            FirstFormat = offered.PayloadType.ToString(CultureInfo.InvariantCulture),
            Extensions = extensions,
            IdleFormat = new PayloadFormat
            {
                PayloadType = offered.PayloadType, Name = offered.Name, ClockRate = offered.ClockRate, Channels = offered.Channels,
            },
            Section = new MediaSection
            {
                Mid = _states[index].Section.Mid,
                Kind = MediaKind.Audio,
                Rejected = false,
                Extensions = ExtensionUris.Ids(extensions),
            },
        };
    }

    /// <summary>
    /// The section whose transport counts for all: the one of before as long as it lives, as a section added in front
    /// of it comes with a transport of its own; else the first of the group that we accept (RFC 9143 section 7.3.1).
    /// −1 when every section is stopped.
    /// </summary>
    private int Carrier(NegotiatedSession? lastSession)
    {
        int before =
            lastSession is null ? -1 : _states.FindIndex(state => state.Section.Mid == lastSession.CarrierMid && !state.Section.Rejected);
        if (before >= 0 && _offer.Media[before].IceUfrag is not null)
        {
            return before;
        }

        foreach (List<string> group in _offer.BundleGroups)
        {
            foreach (string mid in group)
            {
                int index = _offer.Media.FindIndex(media => media.Mid == mid);
                // A bundle-only section has no transport of its own to offer.
                if (index >= 0 && !_states[index].Section.Rejected && !_offer.Media[index].BundleOnly)
                {
                    return index;
                }
            }
        }

        return _states.FindIndex(state => !state.Section.Rejected);
    }

    private List<string>? GroupOf(int carrier) =>
        _offer.Media[carrier].Mid is { } mid ? _offer.BundleGroups.Find(group => group.Contains(mid)) : null;

    private string? BundleError(int carrier)
    {
        List<string>? group = GroupOf(carrier);
        for (int i = 0; i < _states.Count; i++)
        {
            if (_states[i].Section.Rejected)
            {
                continue;
            }

            if (i != carrier && (group is null || !group.Contains(MidOf(i))))
            {
                return $"BUNDLE and rtcp-mux are required: section {MidOf(i)} is not bundled with section {MidOf(carrier)}";
            }

            if (_states[i].Section.Kind != MediaKind.Data && !_offer.Media[i].RtcpMux)
            {
                return $"BUNDLE and rtcp-mux are required: section {MidOf(i)} has no a=rtcp-mux";
            }
        }

        return null;
    }
}
