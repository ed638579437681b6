namespace Rtc.Peer.Srtp;

/// <summary>A master key and salt for one direction.</summary>
internal sealed record SrtpMaster(byte[] Key, byte[] Salt);

/// <summary>What the DTLS handshake gives to SRTP: a profile and both directions' masters (RFC 5764 section 4.2).</summary>
internal sealed record SrtpKeys(SrtpProfile Profile, SrtpMaster Local, SrtpMaster Remote)
{
    public const int KeyLength = 16;

    public static int SaltLength(SrtpProfile profile) => profile == SrtpProfile.AeadAes128Gcm ? 12 : 14;

    public static int MaterialLength(SrtpProfile profile) => 2 * (KeyLength + SaltLength(profile));

    /// <summary>client key, server key, client salt, server salt.</summary>
    public static SrtpKeys FromMaterial(SrtpProfile profile, ReadOnlySpan<byte> material, bool isClient)
    {
        int salt = SaltLength(profile);
        var client = new SrtpMaster(material[..KeyLength].ToArray(), material.Slice(2 * KeyLength, salt).ToArray());
        var server = new SrtpMaster(material.Slice(KeyLength, KeyLength).ToArray(), material.Slice((2 * KeyLength) + salt, salt).ToArray());
        return isClient ? new SrtpKeys(profile, client, server) : new SrtpKeys(profile, server, client);
    }
}
