using System.Globalization;

namespace Rtc.Peer.Sdp;

/// <summary>Which section's transport carries all the others (RFC 9143). Works on the sections as an answer has decided them.</summary>
internal sealed class AnswerBundle(SessionDescription offer, IReadOnlyList<SectionState> before, List<SectionState> states)
{
    // An audio section that is the first of its group stays, without sound: Chromium with bundlePolicy max-bundle
    // has given its only transport to that section, refuses an answer that rejects it ("Failed to setup RTCP mux"),
    // and its offer doesn't show which policy it has.
    public void KeepAudioThatCarries()
    {
        foreach (List<string> group in offer.BundleGroups)
        {
            int tagged = offer.Media.FindIndex(media => media.Mid == group.FirstOrDefault());
            bool shared = states.Exists(state => !state.Section.Rejected && group.Contains(state.Section.Mid));
            if (shared && tagged >= 0 && offer.Media[tagged] is { Kind: MediaKind.Audio, IsRejected: false, RtcpMux: true } media &&
                media.Protocol.Contains("SAVP", StringComparison.OrdinalIgnoreCase))
            {
                KeepIdle(tagged, media);
            }
        }

        // One that was kept before stays as it is, wherever the group begins now.
        for (int i = 0; i < before.Count; i++)
        {
            bool kept = before[i] is { IdleFormat: not null, Section.Rejected: false };
            if (kept && states[i].Section.Rejected && offer.Media[i] is { IsRejected: false, RtcpMux: true } media)
            {
                KeepIdle(i, media);
            }
        }
    }

    /// <summary>
    /// The section whose transport counts for all: the one of before as long as it lives, as a section added in front
    /// of it comes with a transport of its own; else the first of the group that we accept (RFC 9143 section 7.3.1).
    /// −1 when every section is stopped.
    /// </summary>
    public int Carrier(NegotiatedSession? lastSession)
    {
        int carried =
            lastSession is null ? -1 : states.FindIndex(state => state.Section.Mid == lastSession.CarrierMid && !state.Section.Rejected);
        if (carried >= 0 && offer.Media[carried].IceUfrag is not null)
        {
            return carried;
        }

        foreach (List<string> group in offer.BundleGroups)
        {
            foreach (string mid in group)
            {
                int index = offer.Media.FindIndex(media => media.Mid == mid);
                // A bundle-only section has no transport of its own to offer.
                if (index >= 0 && !states[index].Section.Rejected && !offer.Media[index].BundleOnly)
                {
                    return index;
                }
            }
        }

        return states.FindIndex(state => !state.Section.Rejected);
    }

    public List<string>? GroupOf(int carrier) =>
        offer.Media[carrier].Mid is { } mid ? offer.BundleGroups.Find(group => group.Contains(mid)) : null;

    public string? Error(int carrier)
    {
        List<string>? group = GroupOf(carrier);
        for (int i = 0; i < states.Count; i++)
        {
            if (states[i].Section.Rejected)
            {
                continue;
            }

            if (i != carrier && (group is null || !group.Contains(offer.MidOf(i))))
            {
                return $"BUNDLE and rtcp-mux are required: section {offer.MidOf(i)} is not bundled with section {offer.MidOf(carrier)}";
            }

            if (states[i].Section.Kind != MediaKind.Data && !offer.Media[i].RtcpMux)
            {
                return $"BUNDLE and rtcp-mux are required: section {offer.MidOf(i)} has no a=rtcp-mux";
            }
        }

        return null;
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
        states[index] = states[index] with
        {
            FirstFormat = offered.PayloadType.ToString(CultureInfo.InvariantCulture),
            Extensions = extensions,
            IdleFormat = new PayloadFormat
            {
                PayloadType = offered.PayloadType, Name = offered.Name, ClockRate = offered.ClockRate, Channels = offered.Channels,
            },
            Section = new MediaSection
            {
                Mid = states[index].Section.Mid,
                Kind = MediaKind.Audio,
                Rejected = false,
                Extensions = ExtensionUris.Ids(extensions),
            },
        };
    }
}
