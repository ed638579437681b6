using System.Globalization;
using System.Text;

namespace Rtc.Peer.Sdp;

/// <summary>Writes a <see cref="SessionDescription"/> in the order that JSEP gives (RFC 9429 section 5.2), lines ended by CRLF.</summary>
internal readonly struct SdpWriter
{
    private readonly StringBuilder _text;

    private SdpWriter(StringBuilder text) => _text = text;

    public static string Write(SessionDescription session) => Write(session, session.SessionId, session.Version);

    public static string Write(SessionDescription session, string sessionId, long version)
    {
        var writer = new SdpWriter(new StringBuilder(2048));
        writer.Line("v=0");
        writer.Line($"o=- {sessionId} {version} IN IP4 127.0.0.1");
        writer.Line("s=-");
        writer.Line("t=0 0");
        foreach (List<string> group in session.BundleGroups)
        {
            writer.Line($"a=group:BUNDLE {string.Join(' ', group)}");
        }

        if (session.IceLite)
        {
            writer.Line("a=ice-lite");
        }

        foreach (MediaDescription media in session.Media)
        {
            writer.Section(media);
        }

        return writer._text.ToString();
    }

    private void Section(MediaDescription media)
    {
        Line($"m={media.KindText} {media.Port} {media.Protocol} {string.Join(' ', media.Formats)}");
        Line("c=IN IP4 0.0.0.0");
        if (media.Mid is not null)
        {
            Line($"a=mid:{media.Mid}");
        }

        if (media.BundleOnly)
        {
            Line("a=bundle-only");
        }

        if (media.Kind != MediaKind.Data)
        {
            Line($"a={media.Direction.ToSdp()}");
        }

        Transport(media);
        if (media.Kind == MediaKind.Data)
        {
            Data(media);
        }
        else
        {
            Rtp(media);
        }
    }

    private void Transport(MediaDescription media)
    {
        if (media.IceUfrag is not null)
        {
            Line($"a=ice-ufrag:{media.IceUfrag}");
        }

        if (media.IcePassword is not null)
        {
            Line($"a=ice-pwd:{media.IcePassword}");
        }

        if (media.IceTrickle)
        {
            Line("a=ice-options:trickle");
        }

        foreach (Fingerprint fingerprint in media.Fingerprints)
        {
            Line($"a=fingerprint:{fingerprint.Algorithm} {fingerprint.Hex}");
        }

        string? setup = media.Setup switch
        {
            DtlsSetup.ActPass => "actpass",
            DtlsSetup.Active => "active",
            DtlsSetup.Passive => "passive",
            DtlsSetup.HoldConnection => "holdconn",
            _ => null,
        };
        if (setup is not null)
        {
            Line($"a=setup:{setup}");
        }

        foreach (IceCandidate candidate in media.Candidates)
        {
            Line($"a={candidate}");
        }

        if (media.EndOfCandidates)
        {
            Line("a=end-of-candidates");
        }
    }

    private void Data(MediaDescription media)
    {
        if (media.OldSctpForm)
        {
            Line($"a=sctpmap:{media.SctpPort} webrtc-datachannel 65535");
        }
        else if (media.SctpPort is { } port)
        {
            Line($"a=sctp-port:{port}");
        }

        if (media.MaxMessageSize is { } size)
        {
            Line($"a=max-message-size:{size}");
        }
    }

    private void Rtp(MediaDescription media)
    {
        if (media.RtcpMux)
        {
            Line("a=rtcp-mux");
        }

        if (media.RtcpReducedSize)
        {
            Line("a=rtcp-rsize");
        }

        foreach (ExtensionMapping extension in media.Extensions)
        {
            string direction = extension.Direction == MediaDirection.SendReceive ? "" : "/" + extension.Direction.ToSdp();
            Line($"a=extmap:{extension.Id}{direction} {extension.Uri}");
        }

        foreach (PayloadFormat format in media.PayloadFormats)
        {
            if (format.Name.Length > 0)
            {
                string channels = format.Channels > 1 ? string.Create(CultureInfo.InvariantCulture, $"/{format.Channels}") : "";
                Line($"a=rtpmap:{format.PayloadType} {format.Name}/{format.ClockRate}{channels}");
            }

            foreach (string feedback in format.Feedback)
            {
                Line($"a=rtcp-fb:{format.PayloadType} {feedback}");
            }

            if (format.Fmtp is not null)
            {
                Line($"a=fmtp:{format.PayloadType} {format.Fmtp}");
            }
        }

        foreach (RidDescription rid in media.Rids)
        {
            Line($"a=rid:{rid.Id} {(rid.Sends ? "send" : "recv")}");
        }

        if (media.SimulcastSend.Count + media.SimulcastReceive.Count > 0)
        {
            string send = media.SimulcastSend.Count > 0 ? " send " + string.Join(';', media.SimulcastSend) : "";
            string receive = media.SimulcastReceive.Count > 0 ? " recv " + string.Join(';', media.SimulcastReceive) : "";
            Line($"a=simulcast:{(send + receive).TrimStart()}");
        }

        if (media.Msid is not null)
        {
            Line($"a=msid:{media.Msid}");
        }

        Sources(media);
    }

    private void Sources(MediaDescription media)
    {
        foreach (SourceGroup group in media.SourceGroups)
        {
            Line($"a=ssrc-group:{group.Semantics} {group.First} {group.Second}");
        }

        foreach (SourceDescription source in media.Sources)
        {
            if (source.Cname is not null)
            {
                Line($"a=ssrc:{source.Ssrc} cname:{source.Cname}");
            }

            if (source.Msid is not null)
            {
                Line($"a=ssrc:{source.Ssrc} msid:{source.Msid}");
            }
        }
    }

    private void Line(string line) => _text.Append(line).Append("\r\n");
}
