namespace Rtc.Peer.Sdp;

/// <summary>Which side opens the DTLS handshake (RFC 4145 section 4, RFC 8842 section 5.3).</summary>
internal enum DtlsSetup : byte
{
    Unsaid,
    ActPass,
    Active,
    Passive,
    HoldConnection,
}

/// <summary>The part that this end plays in the handshake.</summary>
internal enum DtlsRole : byte
{
    Server,
    Client,
}

/// <summary>Hash of a certificate: <c>a=fingerprint</c> (RFC 8122 section 5). <see cref="Hex"/> is upper case with colons.</summary>
internal readonly record struct Fingerprint(string Algorithm, string Hex)
{
    private const int MaxHashLength = 64;

    public static bool TryParse(ReadOnlySpan<char> text, out Fingerprint fingerprint)
    {
        fingerprint = default;
        ReadOnlySpan<char> algorithm = SdpText.NextField(ref text);
        ReadOnlySpan<char> hex = SdpText.NextField(ref text);
        if (!SdpText.IsToken(algorithm, 32) || (hex.Length + 1) % 3 != 0 || hex.Length > (MaxHashLength * 3) - 1)
        {
            return false;
        }

        for (int i = 0; i < hex.Length; i++)
        {
            bool fits = i % 3 == 2 ? hex[i] == ':' : char.IsAsciiHexDigit(hex[i]);
            if (!fits)
            {
                return false;
            }
        }

        fingerprint = new Fingerprint(algorithm.ToString().ToLowerInvariant(), hex.ToString().ToUpperInvariant());
        return true;
    }
}
