using System.Security.Cryptography;
using System.Text;

namespace Rtc.Peer.Ice;

/// <summary>A ufrag and the password that keys the integrity of checks sent to it (RFC 8445 section 5.3).</summary>
internal sealed class IceCredentials
{
    // 48 bits of name: the shell finds a peer among all by it; 144 bits of secret (RFC 8445 asks for 128).
    private const int UfragLength = 8;
    private const int PasswordLength = 24;
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    public IceCredentials(string ufrag, string password)
    {
        Ufrag = ufrag;
        Password = password;
        UfragBytes = Encoding.UTF8.GetBytes(ufrag);
        Key = Encoding.UTF8.GetBytes(password);
    }

    public string Ufrag { get; }

    public string Password { get; }

    public byte[] UfragBytes { get; }

    public byte[] Key { get; }

    /// <param name="secret">Null takes the password from the system's generator; a test that must repeat exactly hands its own.</param>
    public static IceCredentials Create(PeerRandom random, PeerRandom? secret)
    {
        Span<char> ufrag = stackalloc char[UfragLength];
        foreach (ref char c in ufrag)
        {
            c = Alphabet[random.Next(Alphabet.Length)];
        }

        Span<char> password = stackalloc char[PasswordLength];
        foreach (ref char c in password)
        {
            c = Alphabet[secret?.Next(Alphabet.Length) ?? RandomNumberGenerator.GetInt32(Alphabet.Length)];
        }

        return new IceCredentials(new string(ufrag), new string(password));
    }
}
