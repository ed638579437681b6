namespace Rtc.Peer.Sdp;

/// <summary>The attributes that only a media section has, one section after another.</summary>
internal sealed class SectionAttributes
{
    // Formats of the section being read, by payload type, so that each rtpmap, fmtp and rtcp-fb costs one step.
    private readonly PayloadFormat?[] _formats = new PayloadFormat?[128];
    private readonly List<string> _feedbackForAll = [];

    public void AddFormat(MediaDescription media, byte payloadType)
    {
        if (_formats[payloadType] is null)
        {
            _formats[payloadType] = new PayloadFormat { PayloadType = payloadType };
            media.PayloadFormats.Add(_formats[payloadType]!);
        }
    }

    /// <summary>The section ends: feedback for all formats (a=rtcp-fb:*) goes to each.</summary>
    public void Finish(MediaDescription media)
    {
        foreach (PayloadFormat format in media.PayloadFormats)
        {
            format.Feedback.AddRange(_feedbackForAll);
            _formats[format.PayloadType] = null;
        }

        _feedbackForAll.Clear();
    }

    public void Read(MediaDescription media, ReadOnlySpan<char> name, ReadOnlySpan<char> value)
    {
        switch (name)
        {
            case "rtcp-mux":
            case "rtcp-mux-only":
                media.RtcpMux = true;
                break;
            case "rtcp-rsize":
                media.RtcpReducedSize = true;
                break;
            case "bundle-only":
                media.BundleOnly = true;
                break;
            case "rtpmap":
                RtpMap(value);
                break;
            case "fmtp":
                if (FormatAt(SdpText.NextField(ref value)) is { } described && value.Length <= SdpLimits.MaxFmtpLength)
                {
                    described.Fmtp = value.Trim(' ').ToString();
                }

                break;
            case "rtcp-fb":
                Feedback(value);
                break;
            case "candidate":
                if (media.Candidates.Count < SdpLimits.MaxCandidates &&
                    IceCandidate.TryParse($"candidate:{value}", out IceCandidate candidate))
                {
                    media.Candidates.Add(candidate);
                }

                break;
            case "ssrc":
                Source(media, value);
                break;
            case "ssrc-group":
                ReadOnlySpan<char> semantics = SdpText.NextField(ref value);
                if (media.SourceGroups.Count < SdpLimits.MaxSsrcs && SdpText.IsToken(semantics, 16) &&
                    SdpText.TrySsrc(SdpText.NextField(ref value), out uint first) &&
                    SdpText.TrySsrc(SdpText.NextField(ref value), out uint second))
                {
                    media.SourceGroups.Add(new SourceGroup(semantics.ToString(), first, second));
                }

                break;
            case "msid":
                media.Msid ??= value.Length <= 256 ? value.ToString() : null;
                break;
            case "rid":
                ReadOnlySpan<char> id = SdpText.NextField(ref value);
                ReadOnlySpan<char> way = SdpText.NextField(ref value);
                if (media.Rids.Count < SdpLimits.MaxRids && SdpText.IsToken(id, SdpLimits.MaxIdLength) && way is "send" or "recv")
                {
                    media.Rids.Add(new RidDescription(id.ToString(), way is "send"));
                }

                break;
            case "simulcast":
                Simulcast(media, value);
                break;
            case "sctp-port" when SdpText.TryNumber(value, ushort.MaxValue, out long port):
                media.SctpPort = (int)port;
                media.OldSctpForm = false; // both forms at once: the newer one counts
                break;
            case "max-message-size" when SdpText.TryNumber(value, long.MaxValue, out long size):
                media.MaxMessageSize = size;
                break;
        }
    }

    private PayloadFormat? FormatAt(ReadOnlySpan<char> payloadType) =>
        SdpText.TryByte(payloadType, 127, out byte type) ? _formats[type] : null;

    // a=rtpmap:96 VP8/90000[/channels]
    private void RtpMap(ReadOnlySpan<char> value)
    {
        PayloadFormat? format = FormatAt(SdpText.NextField(ref value));
        int slash = value.IndexOf('/');
        if (format is null || slash <= 0)
        {
            return;
        }

        ReadOnlySpan<char> rate = value[(slash + 1)..];
        int channels = rate.IndexOf('/');
        if (SdpText.IsToken(value[..slash], 64) &&
            SdpText.TryNumber(channels < 0 ? rate : rate[..channels], int.MaxValue, out long clockRate))
        {
            format.Name = value[..slash].ToString();
            format.ClockRate = (int)clockRate;
            format.Channels = channels >= 0 && SdpText.TryNumber(rate[(channels + 1)..], 255, out long count) ? (int)count : 1;
        }
    }

    private void Feedback(ReadOnlySpan<char> value)
    {
        ReadOnlySpan<char> type = SdpText.NextField(ref value);
        List<string>? list = type is "*" ? _feedbackForAll : FormatAt(type)?.Feedback;
        value = value.Trim(' ');
        if (list is not null && list.Count < SdpLimits.MaxFeedbacks && !value.IsEmpty && value.Length <= 64)
        {
            list.Add(value.ToString());
        }
    }

    // a=ssrc:1234 attribute:value
    private static void Source(MediaDescription media, ReadOnlySpan<char> value)
    {
        if (!SdpText.TrySsrc(SdpText.NextField(ref value), out uint ssrc))
        {
            return;
        }

        SourceDescription? source = media.Sources.Find(known => known.Ssrc == ssrc);
        if (source is null)
        {
            if (media.Sources.Count == SdpLimits.MaxSsrcs)
            {
                return;
            }

            source = new SourceDescription(ssrc);
            media.Sources.Add(source);
        }

        if (value.StartsWith("cname:", StringComparison.Ordinal) && SdpText.IsVisible(value[6..], 256))
        {
            source.Cname = value[6..].ToString();
        }
        else if (value.StartsWith("msid:", StringComparison.Ordinal) && value.Length <= 256)
        {
            source.Msid = value[5..].ToString();
        }
    }

    // a=simulcast:send a;b,c;~d recv e — the first alternative of each stream counts, paused ones ("~") too.
    private static void Simulcast(MediaDescription media, ReadOnlySpan<char> value)
    {
        while (!value.IsEmpty)
        {
            ReadOnlySpan<char> way = SdpText.NextField(ref value);
            ReadOnlySpan<char> streams = SdpText.NextField(ref value);
            List<string>? list = way switch { "send" => media.SimulcastSend, "recv" => media.SimulcastReceive, _ => null };
            while (list is not null && !streams.IsEmpty && list.Count < SdpLimits.MaxRids)
            {
                ReadOnlySpan<char> stream = SdpText.NextField(ref streams, ';');
                int comma = stream.IndexOf(',');
                stream = (comma < 0 ? stream : stream[..comma]).TrimStart('~');
                if (SdpText.IsToken(stream, SdpLimits.MaxIdLength))
                {
                    list.Add(stream.ToString());
                }
            }
        }
    }
}
