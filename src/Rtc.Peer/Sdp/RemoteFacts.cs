namespace Rtc.Peer.Sdp;

/// <summary>Reads out of the other end's sections what isn't a matter of agreement: its streams, its transport.</summary>
internal static class RemoteFacts
{
    public static IReadOnlyList<RemoteStream> Streams(MediaDescription media)
    {
        var streams = new List<RemoteStream>();
        foreach (SourceDescription source in media.Sources)
        {
            if (media.SourceGroups.Exists(group => group.Semantics == "FID" && group.Second == source.Ssrc))
            {
                continue;
            }

            int own = media.SourceGroups.FindIndex(group => group.Semantics == "FID" && group.First == source.Ssrc);
            streams.Add(new RemoteStream(new Ssrc(source.Ssrc), own < 0 ? null : new Ssrc(media.SourceGroups[own].Second)));
        }

        return streams;
    }

    public static string? Msid(MediaDescription media) => media.Msid ?? media.Sources.Find(source => source.Msid is not null)?.Msid;

    public static string? Cname(MediaDescription media) => media.Sources.Find(source => source.Cname is not null)?.Cname;

    /// <summary>A complaint when the section can't carry the transport; null when it can.</summary>
    public static string? TransportError(MediaDescription carrier, string what)
    {
        if (carrier.IceUfrag is null || carrier.IcePassword is null)
        {
            return $"the {what} has no ICE credentials (a=ice-ufrag and a=ice-pwd)";
        }

        return carrier.Fingerprints.Count == 0 ? $"the {what} has no DTLS fingerprint" : null;
    }

    public static NegotiatedSession Session(
        SessionDescription remote, int carrierIndex, DtlsRole role, NegotiatedSession? before, IReadOnlyList<SectionState> states)
    {
        MediaDescription carrier = remote.Media[carrierIndex];
        int data = -1;
        for (int i = 0; i < states.Count && data < 0; i++)
        {
            data = states[i].Section is { Kind: MediaKind.Data, Rejected: false } ? i : -1;
        }

        MediaDescription? dataMedia = data < 0 ? null : remote.Media[data];
        long largest = dataMedia?.MaxMessageSize ?? SdpLimits.DefaultMaxMessageSize;
        return new NegotiatedSession
        {
            RemoteUfrag = carrier.IceUfrag!,
            RemotePassword = carrier.IcePassword!,
            RemoteIceLite = remote.IceLite,
            RemoteCandidates = carrier.Candidates,
            RemoteEndOfCandidates = carrier.EndOfCandidates,
            RemoteFingerprints = carrier.Fingerprints,
            LocalDtlsRole = role,
            IsIceRestart = before is not null &&
                (before.RemoteUfrag != carrier.IceUfrag || before.RemotePassword != carrier.IcePassword),
            Sections = [.. states.Select(state => state.Section)],
            CarrierMid = states[carrierIndex].Section.Mid,
            DataMid = data < 0 ? null : states[data].Section.Mid,
            SctpPort = dataMedia is null ? null : dataMedia.SctpPort ?? DefaultSctpPort,
            RemoteMaxMessageSize = largest == 0 ? int.MaxValue : (int)Math.Min(largest, int.MaxValue),
        };
    }

    // RFC 8841 says there is no default, but every implementation uses this port.
    private const int DefaultSctpPort = 5000;
}
