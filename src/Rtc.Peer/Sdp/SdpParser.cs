using System.Globalization;

namespace Rtc.Peer.Sdp;

/// <summary>
/// Reads a description in one pass. Unknown lines and attributes are passed over; what would be dangerous to
/// guess (credentials, fingerprints, mids, m-lines) has to be well formed or the text is refused.
/// </summary>
internal ref struct SdpParser
{
    private readonly SessionDescription _session;
    private readonly MediaDescription _defaults;
    private MediaDescription? _media;
    private string? _error;

    private readonly SectionAttributes _attributes = new();

    private SdpParser(SessionDescription session)
    {
        _session = session;
        _defaults = new MediaDescription { Kind = MediaKind.Other, KindText = "", Port = 0, Protocol = "" };
    }

    public static bool TryParse(ReadOnlySpan<char> text, out SessionDescription description, out string error)
    {
        description = null!;
        if (text.Length > SdpLimits.MaxDescriptionLength)
        {
            error = string.Create(
                CultureInfo.InvariantCulture,
                $"the description has {text.Length} characters, more than the {SdpLimits.MaxDescriptionLength} allowed");
            return false;
        }

        var lines = new SdpLines(text);
        if (!lines.MoveNext() || lines.Type != 'v' || lines.Value is not "0")
        {
            error = "the text is not a session description: it does not begin with v=0";
            return false;
        }

        if (!lines.MoveNext() || lines.Type != 'o')
        {
            error = "the session description has no o= line after v=0";
            return false;
        }

        ReadOnlySpan<char> rest = lines.Value;
        SdpText.NextField(ref rest);
        ReadOnlySpan<char> idText = SdpText.NextField(ref rest);
        string id = SdpText.IsToken(idText, 32) ? idText.ToString() : "0";
        SdpText.TryNumber(SdpText.NextField(ref rest), long.MaxValue, out long version);
        var session = new SessionDescription { SessionId = id, Version = version };
        var parser = new SdpParser(session);
        while (parser._error is null && lines.MoveNext())
        {
            parser.Line(lines.Type, lines.Value, lines.Number);
        }

        if (parser._error is null)
        {
            parser.FinishSection();
            parser.CheckMids();
        }

        error = parser._error ?? "";
        description = session;
        return parser._error is null;
    }

    private void Line(char type, ReadOnlySpan<char> value, int number)
    {
        switch (type)
        {
            case '\0':
                _error = string.Create(CultureInfo.InvariantCulture, $"line {number} of the description is not of the form x=value");
                break;
            case 'm':
                FinishSection();
                BeginSection(value, number);
                break;
            case 'a':
                int colon = value.IndexOf(':');
                ReadOnlySpan<char> name = colon < 0 ? value : value[..colon];
                ReadOnlySpan<char> content = colon < 0 ? default : value[(colon + 1)..].TrimStart(' ');
                if (!Attribute(name, content))
                {
                    _error = string.Create(CultureInfo.InvariantCulture, $"line {number} of the description: a={name} cannot be read");
                }

                break;
        }
    }

    private void BeginSection(ReadOnlySpan<char> value, int number)
    {
        if (_session.Media.Count == SdpLimits.MaxSections)
        {
            _error = string.Create(CultureInfo.InvariantCulture, $"the description has more than {SdpLimits.MaxSections} sections");
            return;
        }

        ReadOnlySpan<char> rest = value;
        ReadOnlySpan<char> kind = SdpText.NextField(ref rest);
        ReadOnlySpan<char> port = SdpText.NextField(ref rest);
        ReadOnlySpan<char> protocol = SdpText.NextField(ref rest);
        int slash = port.IndexOf('/');
        if (!SdpText.IsToken(kind, 32) || !SdpText.TryNumber(slash < 0 ? port : port[..slash], ushort.MaxValue, out long portNumber) ||
            !SdpText.IsVisible(protocol, 64) || rest.Trim(' ').IsEmpty)
        {
            _error = string.Create(CultureInfo.InvariantCulture, $"line {number} of the description: the m= line cannot be read");
            return;
        }

        bool sctp = protocol.Contains("SCTP", StringComparison.OrdinalIgnoreCase);
        _media = new MediaDescription
        {
            Kind = kind switch
            {
                "audio" => MediaKind.Audio,
                "video" => MediaKind.Video,
                "application" when sctp => MediaKind.Data,
                _ => MediaKind.Other,
            },
            KindText = kind.ToString(),
            Port = (ushort)portNumber,
            Protocol = protocol.ToString(),
            Direction = _defaults.Direction,
        };
        ReadFormats(_media, rest);
        if (_media.Formats.Count == 0)
        {
            _error = string.Create(CultureInfo.InvariantCulture, $"line {number} of the description: the m= line names no format");
            return;
        }

        if (_media.Kind == MediaKind.Data && SdpText.TryNumber(_media.Formats[0], ushort.MaxValue, out long sctpPort))
        {
            _media.OldSctpForm = true;
            _media.SctpPort = (int)sctpPort;
        }

        _session.Media.Add(_media);
    }

    private readonly void ReadFormats(MediaDescription media, ReadOnlySpan<char> rest)
    {
        bool rtp = media.Kind is MediaKind.Audio or MediaKind.Video;
        while (!rest.IsEmpty && media.Formats.Count < SdpLimits.MaxFormats)
        {
            ReadOnlySpan<char> format = SdpText.NextField(ref rest);
            if (!SdpText.IsToken(format, SdpLimits.MaxIdLength))
            {
                continue;
            }

            media.Formats.Add(format.ToString());
            if (rtp && SdpText.TryByte(format, 127, out byte type))
            {
                _attributes.AddFormat(media, type);
            }
        }
    }

    private void FinishSection()
    {
        if (_media is null)
        {
            return;
        }

        _attributes.Finish(_media);
        // JSEP section 5.8.2: what a section lacks holds from the session's level.
        _media.IceUfrag ??= _defaults.IceUfrag;
        _media.IcePassword ??= _defaults.IcePassword;
        _media.IceTrickle |= _defaults.IceTrickle;
        _media.EndOfCandidates |= _defaults.EndOfCandidates;
        if (_media.Setup == DtlsSetup.Unsaid)
        {
            _media.Setup = _defaults.Setup;
        }

        if (_media.Fingerprints.Count == 0)
        {
            _media.Fingerprints.AddRange(_defaults.Fingerprints);
        }

        // RFC 8285 section 6: an extmap above the first m-line counts for every section.
        foreach (ExtensionMapping extension in _defaults.Extensions)
        {
            if (!_media.Extensions.Exists(own => own.Id == extension.Id))
            {
                _media.Extensions.Add(extension);
            }
        }

        _media = null;
    }

    private void CheckMids()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < _session.Media.Count; i++)
        {
            // One without a mid goes by its number, which another must not have for a name.
            string mid = _session.MidOf(i);
            if (!seen.Add(mid))
            {
                _error = $"two sections of the description have the mid {mid}";
            }
        }
    }

    /// <summary>False when the attribute is one that must not be guessed and can't be read.</summary>
    private readonly bool Attribute(ReadOnlySpan<char> name, ReadOnlySpan<char> value)
    {
        MediaDescription target = _media ?? _defaults;
        if (MediaDirections.TryParse(name, out MediaDirection direction))
        {
            target.Direction = direction;
            return true;
        }

        switch (name)
        {
            case "mid" when _media is not null:
                _media.Mid = value.ToString();
                return SdpText.IsToken(value, SdpLimits.MaxIdLength);
            case "ice-ufrag":
                target.IceUfrag = value.ToString();
                return SdpText.IsIceText(value, SdpLimits.MinUfragLength, SdpLimits.MaxIceTextLength);
            case "ice-pwd":
                target.IcePassword = value.ToString();
                return SdpText.IsIceText(value, SdpLimits.MinPasswordLength, SdpLimits.MaxIceTextLength);
            case "fingerprint":
                bool read = Fingerprint.TryParse(value, out Fingerprint fingerprint);
                if (read && target.Fingerprints.Count < SdpLimits.MaxFingerprints)
                {
                    target.Fingerprints.Add(fingerprint);
                }

                return read;
            case "setup":
                target.Setup = value switch
                {
                    "actpass" => DtlsSetup.ActPass,
                    "active" => DtlsSetup.Active,
                    "passive" => DtlsSetup.Passive,
                    "holdconn" => DtlsSetup.HoldConnection,
                    _ => DtlsSetup.Unsaid,
                };
                return target.Setup != DtlsSetup.Unsaid;
            case "group" when _media is null:
                Group(value);
                return true;
            case "ice-lite":
                _session.IceLite = true;
                return true;
            case "ice-options":
                target.IceTrickle |= value.Contains("trickle", StringComparison.Ordinal);
                return true;
            case "end-of-candidates":
                target.EndOfCandidates = true;
                return true;
            case "extmap":
                Extension(target, value);
                return true;
            default:
                if (_media is not null)
                {
                    _attributes.Read(_media, name, value);
                }

                return true;
        }
    }

    private readonly void Group(ReadOnlySpan<char> value)
    {
        if (!SdpText.NextField(ref value).Equals("BUNDLE", StringComparison.Ordinal) ||
            _session.BundleGroups.Count == SdpLimits.MaxGroups)
        {
            return;
        }

        var mids = new List<string>();
        while (!value.IsEmpty && mids.Count < SdpLimits.MaxSections)
        {
            ReadOnlySpan<char> mid = SdpText.NextField(ref value);
            if (SdpText.IsToken(mid, SdpLimits.MaxIdLength))
            {
                mids.Add(mid.ToString());
            }
        }

        _session.BundleGroups.Add(mids);
    }

    // a=extmap:ID[/direction] URI [attributes]
    private static void Extension(MediaDescription target, ReadOnlySpan<char> value)
    {
        ReadOnlySpan<char> id = SdpText.NextField(ref value);
        ReadOnlySpan<char> uri = SdpText.NextField(ref value);
        int slash = id.IndexOf('/');
        MediaDirection direction = MediaDirection.SendReceive;
        if (slash >= 0 && !MediaDirections.TryParse(id[(slash + 1)..], out direction))
        {
            return;
        }

        if (SdpText.TryByte(slash < 0 ? id : id[..slash], 255, out byte number) && number > 0 && SdpText.IsVisible(uri, 256) &&
            target.Extensions.Count < SdpLimits.MaxExtensions)
        {
            target.Extensions.Add(new ExtensionMapping(number, uri.ToString(), direction));
        }
    }
}
