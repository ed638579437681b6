using System.Security.Cryptography;
using System.Text;

namespace Rtc.Store.Users;

/// <summary>
/// What a key looks like: "vr_" and 32 random letters and digits (190 bits), so that a plain hash of it can't be guessed.
/// </summary>
internal static class KeyText
{
    public const string Start = "vr_";
    public const int PrefixLength = 8;
    private const int RandomLength = 32;
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    public static string Create() => Start + RandomNumberGenerator.GetString(Alphabet, RandomLength);

    public static bool LooksRight(string key) =>
        key.Length == Start.Length + RandomLength && key.StartsWith(Start, StringComparison.Ordinal);

    public static string HashOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
