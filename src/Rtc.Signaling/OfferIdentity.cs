namespace Rtc.Signaling;

/// <summary>
/// Which connection an offer speaks of. A new certificate is a new connection; so is a new session (RFC 8866 section 5.2)
/// with new ICE credentials, which is how a client with a certificate of its own comes back after it broke down. New
/// credentials alone are an ICE restart, and a new session alone is a client that counts its offers oddly.
/// </summary>
public sealed record OfferIdentity(string? Fingerprint, string? Session, string? Ufrag)
{
    public static OfferIdentity Of(string offer)
    {
        ArgumentNullException.ThrowIfNull(offer);
        string? origin = Line(offer, "o=");
        string[] parts = origin?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return new OfferIdentity(
            Line(offer, "a=fingerprint:"), parts.Length > 1 ? $"{parts[0]} {parts[1]}" : origin, Line(offer, "a=ice-ufrag:"));
    }

    public bool IsSameConnectionAs(OfferIdentity earlier)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        return Fingerprint == earlier.Fingerprint && (Session == earlier.Session || Ufrag == earlier.Ufrag);
    }

    private static string? Line(string sdp, string start)
    {
        foreach (ReadOnlySpan<char> line in sdp.AsSpan().EnumerateLines())
        {
            if (line.StartsWith(start, StringComparison.Ordinal))
            {
                return line[start.Length..].Trim().ToString();
            }
        }

        return null;
    }
}
