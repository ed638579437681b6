using System.Security.Cryptography;

namespace Rtc.Peer.Dtls;

/// <summary>A hash of the certificate that the other side promised in its SDP (RFC 8122 section 5).</summary>
internal readonly record struct CertificateFingerprint(string Algorithm, string Value)
{
    public static string OfSha256(ReadOnlySpan<byte> certificate)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(certificate, hash);
        return Format(hash);
    }

    /// <summary>SHA-1 and MD5 promises are not accepted: they can be forged or nearly so.</summary>
    public bool Matches(ReadOnlySpan<byte> certificate)
    {
        Span<byte> hash = stackalloc byte[SHA512.HashSizeInBytes];
        if (Algorithm.Equals("sha-256", StringComparison.OrdinalIgnoreCase))
        {
            hash = hash[..SHA256.HashData(certificate, hash)];
        }
        else if (Algorithm.Equals("sha-384", StringComparison.OrdinalIgnoreCase))
        {
            hash = hash[..SHA384.HashData(certificate, hash)];
        }
        else if (Algorithm.Equals("sha-512", StringComparison.OrdinalIgnoreCase))
        {
            hash = hash[..SHA512.HashData(certificate, hash)];
        }
        else
        {
            return false;
        }

        return Format(hash).Equals(Value, StringComparison.OrdinalIgnoreCase);
    }

    private static string Format(ReadOnlySpan<byte> hash) =>
        string.Create((hash.Length * 3) - 1, hash.ToArray(), static (text, bytes) =>
        {
            for (int i = 0; i < bytes.Length; i++)
            {
                bytes[i].TryFormat(text[(i * 3)..], out _, "X2", System.Globalization.CultureInfo.InvariantCulture);
                if (i > 0)
                {
                    text[(i * 3) - 1] = ':';
                }
            }
        });
}
