using System.Globalization;

namespace Rtc.Peer.Sdp;

/// <summary>
/// Finds the formats of a section that this end can handle, best first: by the caller's order of codecs, then H.264
/// with packetization mode 1 before 0 and constrained baseline before baseline. Main and high profile are
/// understood by the decoder but not made by the encoder, so they only count where we don't send and no baseline is offered.
/// Where we send, packetization mode 0 doesn't count: its readers take whole units alone (RFC 6184 section 6.2), and encoders make
/// larger ones than a packet holds.
/// </summary>
internal static class VideoCodecMatch
{
    // RFC 6184 section 8.1: no parameter means the baseline profile at level 1.
    private const string DefaultProfileLevelId = "42000a";
    private const int VideoClockRate = 90_000;
    private const int BehindAllOthers = 1000;

    private enum H264Profile
    {
        ConstrainedBaseline,
        Baseline,
        Main,
        High,
        Unknown,
    }

    public static List<NegotiatedCodec> Find(
        MediaDescription media, IReadOnlyList<VideoCodec> preference, bool weSend, bool transportCcExtension)
    {
        var found = new List<(NegotiatedCodec Codec, int Rank)>();
        foreach (PayloadFormat format in media.PayloadFormats)
        {
            VideoCodec codec = CodecOf(format);
            int place = IndexOf(preference, codec);
            if (place < 0)
            {
                continue;
            }

            int rank = place * 100;
            int packetizationMode = 0;
            string? profileLevelId = null;
            if (codec == VideoCodec.H264)
            {
                profileLevelId = (format.Parameter("profile-level-id") ?? DefaultProfileLevelId).ToLowerInvariant();
                H264Profile profile = ProfileOf(profileLevelId);
                string? mode = format.Parameter("packetization-mode");
                packetizationMode = mode == "1" ? 1 : 0;
                if (profile == H264Profile.Unknown || (weSend && (profile > H264Profile.Baseline || mode == "0")))
                {
                    continue;
                }

                // Without the parameter it is mode 0 as well, but who leaves it out (GStreamer's capabilities) mostly reads all.
                rank += weSend && mode is null ? BehindAllOthers : 0;

                rank += (int)profile + (packetizationMode == 1 ? 0 : 2) + (profile > H264Profile.Baseline ? 10 : 0);
            }

            found.Add((Negotiated(media, format, codec, packetizationMode, profileLevelId, transportCcExtension), rank));
        }

        bool baseline = found.Exists(entry => entry.Codec.Codec == VideoCodec.H264 && entry.Rank % 100 < 10);
        return
        [
            .. found
                .Where(entry => !baseline || entry.Codec.Codec != VideoCodec.H264 || entry.Rank % 100 < 10)
                .OrderBy(entry => entry.Rank)
                .Select(entry => entry.Codec),
        ];
    }

    /// <summary>The video encodings offered, for an error that says what was on the table.</summary>
    public static string Names(MediaDescription media) => string.Join(
        ", ",
        media.PayloadFormats
            .Where(
                format =>
                    format.Name.Length > 0 && !format.Is("rtx") && !format.Is("red") && !format.Is("ulpfec") && !format.Is("flexfec-03"))
            .Select(format => format.Is("H264") && format.Parameter("packetization-mode") == "0"
                ? format.Name + " (packetization-mode=0)"
                : format.Name)
            .Distinct(StringComparer.OrdinalIgnoreCase));

    /// <summary>Writes agreed codecs into a section of ours, each followed by its retransmission format.</summary>
    public static void Write(IEnumerable<NegotiatedCodec> codecs, MediaDescription media)
    {
        foreach (NegotiatedCodec codec in codecs)
        {
            var format = new PayloadFormat
            {
                PayloadType = codec.PayloadType,
                Name = codec.Codec == VideoCodec.H264 ? "H264" : "VP8",
                ClockRate = VideoClockRate,
                Fmtp = codec.Codec == VideoCodec.H264
                    ? string.Create(
                        CultureInfo.InvariantCulture,
                        $"level-asymmetry-allowed=1;packetization-mode={codec.PacketizationMode};profile-level-id={codec.ProfileLevelId}")
                    : null,
            };
            AddIf(codec.Remb, "goog-remb");
            AddIf(codec.TransportCc, "transport-cc");
            AddIf(codec.CcmFir, "ccm fir");
            AddIf(codec.Nack, "nack");
            AddIf(codec.NackPli, "nack pli");
            Add(format);
            if (codec.RtxPayloadType is { } rtx)
            {
                Add(new PayloadFormat
                {
                    PayloadType = rtx,
                    Name = "rtx",
                    ClockRate = VideoClockRate,
                    Fmtp = string.Create(CultureInfo.InvariantCulture, $"apt={codec.PayloadType}"),
                });
            }

            void AddIf(bool agreed, string feedback)
            {
                if (agreed)
                {
                    format.Feedback.Add(feedback);
                }
            }
        }

        void Add(PayloadFormat format)
        {
            media.PayloadFormats.Add(format);
            media.Formats.Add(format.PayloadType.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static VideoCodec CodecOf(PayloadFormat format)
    {
        if (format.ClockRate != VideoClockRate)
        {
            return VideoCodec.None;
        }

        return format.Is("VP8") ? VideoCodec.Vp8 : format.Is("H264") ? VideoCodec.H264 : VideoCodec.None;
    }

    private static NegotiatedCodec Negotiated(
        MediaDescription media, PayloadFormat format, VideoCodec codec, int packetizationMode, string? profileLevelId,
        bool transportCcExtension)
    {
        return new NegotiatedCodec
        {
            PayloadType = format.PayloadType,
            Codec = codec,
            RtxPayloadType = media.PayloadFormats.Find(other => other.AssociatedPayloadType == format.PayloadType)?.PayloadType,
            PacketizationMode = packetizationMode,
            ProfileLevelId = profileLevelId,
            ParameterSets = codec == VideoCodec.H264 ? format.Parameter("sprop-parameter-sets") : null,
            Nack = Has("nack"),
            NackPli = Has("nack pli"),
            CcmFir = Has("ccm fir"),
            Remb = Has("goog-remb"),
            // Promising feedback without the extension that numbers the packets would starve the sender.
            TransportCc = transportCcExtension && Has("transport-cc"),
        };

        bool Has(string feedback) => format.Feedback.Contains(feedback, StringComparer.OrdinalIgnoreCase);
    }

    // RFC 6184 table 5: profile_idc and the constraint flags of profile-iop name the profile.
    private static H264Profile ProfileOf(string profileLevelId)
    {
        if (profileLevelId.Length != 6
            || !int.TryParse(profileLevelId, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value))
        {
            return H264Profile.Unknown;
        }

        int profile = value >> 16, constraints = (value >> 8) & 0xFF;
        return profile switch
        {
            0x42 => (constraints & 0x40) != 0 ? H264Profile.ConstrainedBaseline : H264Profile.Baseline,
            0x4D => (constraints & 0x80) != 0 ? H264Profile.ConstrainedBaseline : H264Profile.Main,
            0x58 => (constraints & 0xC0) == 0xC0 ? H264Profile.ConstrainedBaseline : H264Profile.Unknown,
            0x64 => H264Profile.High,
            _ => H264Profile.Unknown,
        };
    }

    private static int IndexOf(IReadOnlyList<VideoCodec> preference, VideoCodec codec)
    {
        for (int i = 0; i < preference.Count; i++)
        {
            if (preference[i] == codec && codec != VideoCodec.None)
            {
                return i;
            }
        }

        return -1;
    }
}
