using Rtc.Peer.Srtp;
using Xunit;

namespace Rtc.Peer.Tests.Srtp;

/// <summary>What RFC 3711 and RFC 7714 print.</summary>
public sealed class VectorTests
{
    private static readonly SrtpMaster s_master = new(
        Convert.FromHexString("E1F97A0D3E018BE0D64FA32C06DE4139"), Convert.FromHexString("0EC675AD498AFEEBB6960B3AABE6"));

    private static readonly (byte[] Key, byte[] Salt) s_session = (
        Convert.FromHexString("000102030405060708090A0B0C0D0E0F"), "Quid pro quo"u8.ToArray());

    /// <summary>RFC 3711 appendix B.3.</summary>
    [Fact]
    public void Session_keys_are_derived()
    {
        Assert.Equal("C61E7A93744F39EE10734AFE3FF7A087", Hex(KeyDerivation.Derive(s_master, KeyDerivation.RtpEncryption, 16)));
        Assert.Equal("30CBBC08863D8C85D49DB34A9AE1", Hex(KeyDerivation.Derive(s_master, KeyDerivation.RtpSalt, 14)));
        Assert.Equal(
            "CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4",
            Hex(KeyDerivation.Derive(s_master, KeyDerivation.RtpAuthentication, 20)));
    }

    /// <summary>Appendix B.3's master over one small packet; the value is the one that libsrtp's own check uses.</summary>
    [Fact]
    public void Counter_mode_packet_is_protected()
    {
        byte[] plain = Convert.FromHexString("800F1234DECAFBADCAFEBABE" + "ABABABABABABABABABABABABABABABAB");
        using var cipher = new CounterModeCipher(s_master);
        byte[] buffer = new byte[64];
        plain.CopyTo(buffer, 0);
        int length = cipher.ProtectRtp(buffer, plain.Length, 12, 0xCAFEBABE, 0x1234);
        Assert.Equal(
            "800F1234DECAFBADCAFEBABE4E55DC4CE79978D88CA4D215949D2402B78D6ACC99EA179B8DBB", Hex(buffer.AsSpan(0, length)));
        byte[] opened = new byte[64];
        Assert.Equal(plain.Length, cipher.UnprotectRtp(buffer.AsSpan(0, length), 12, 0xCAFEBABE, 0x1234, opened));
        Assert.Equal(plain, opened[..plain.Length]);
    }

    /// <summary>RFC 7714 section 16.1.1 and 16.1.2.</summary>
    [Fact]
    public void Gcm_packet_is_protected()
    {
        byte[] plain = [.. Convert.FromHexString("8040F17B8041F8D35501A0B2"), .. "Gallia est omnis divisa in partes tres"u8];
        using var cipher = new GcmCipher(s_session, s_session);
        byte[] buffer = new byte[128];
        plain.CopyTo(buffer, 0);
        int length = cipher.ProtectRtp(buffer, plain.Length, 12, 0x5501A0B2, 0xF17B);
        Assert.Equal(
            "8040F17B8041F8D35501A0B2F24DE3A3FB34DE6CACBA861C9D7E4BCABE633BD50D294E6F42A5F47A51C7D19B36DE3ADF8833" +
            "899D7F27BEB16A9152CF765EE4390CCE",
            Hex(buffer.AsSpan(0, length)));
        byte[] opened = new byte[128];
        Assert.Equal(plain.Length, cipher.UnprotectRtp(buffer.AsSpan(0, length), 12, 0x5501A0B2, 0xF17B, opened));
        Assert.Equal(plain, opened[..plain.Length]);
    }

    /// <summary>RFC 7714 section 17.1.</summary>
    [Fact]
    public void Gcm_report_is_protected()
    {
        byte[] plain = Convert.FromHexString(
            "81C8000D4D6172734E5450314E545032525450200000042A0000E9304C756E61DEADBEEFDEADBEEFDEADBEEFDEADBEEFDEADBEEF");
        using var cipher = new GcmCipher(s_session, s_session);
        byte[] buffer = new byte[128];
        plain.CopyTo(buffer, 0);
        int length = cipher.ProtectRtcp(buffer, plain.Length, 0x4D617273, 0x5D4);
        Assert.Equal(
            "81C8000D4D61727363E94885DCDAB67CA727D7662F6B7E997FF5C0F76C06F32DC676A5F1730D6FDA4CE09B4686303DED0BB9275B" +
            "C84AA45896CF4D2FC5ABF87245D9EADE800005D4",
            Hex(buffer.AsSpan(0, length)));
        byte[] opened = new byte[128];
        Assert.Equal(plain.Length, cipher.UnprotectRtcp(buffer.AsSpan(0, length), 0x4D617273, 0x5D4, true, opened));
        Assert.Equal(plain, opened[..plain.Length]);
    }

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexString(bytes);
}
