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

    public static IceCredentials Create(PeerRandom random) => new(Draw(random, UfragLength), Draw(random, PasswordLength));

    private static string Draw(PeerRandom random, int length)
    {
        Span<byte> bytes = stackalloc byte[length];
        random.Fill(bytes);
        Span<char> text = stackalloc char[length];
        for (int i = 0; i < length; i++)
        {
            text[i] = Alphabet[bytes[i] % Alphabet.Length]; // 64 of them: each as likely as any other
        }

        return new string(text);
    }
}
