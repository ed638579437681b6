using System.Globalization;

namespace Rtc.Peer.Sdp;

/// <summary>
/// A session description as written (RFC 8866 with the attributes of JSEP, RFC 9429). Attributes that may stand
/// at the session's level have been copied to the sections that lack their own.
/// </summary>
internal sealed class SessionDescription
{
    public string SessionId { get; init; } = "0";

    public long Version { get; init; }

    public bool IceLite { get; set; }

    /// <summary>The mids of every BUNDLE group, the tagged one first (RFC 9143).</summary>
    public List<List<string>> BundleGroups { get; } = [];

    public List<MediaDescription> Media { get; } = [];

    /// <summary>A section without a mid goes by its number.</summary>
    public string MidOf(int index) => Media[index].Mid ?? index.ToString(CultureInfo.InvariantCulture);

    /// <summary>Reads any text. On false, <paramref name="error"/> is a sentence for its sender.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out SessionDescription description, out string error) =>
        SdpParser.TryParse(text, out description, out error);

    public override string ToString() => SdpWriter.Write(this);
}
