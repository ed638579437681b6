namespace Rtc.Server.Accounts;

/// <summary>Whose a key is and what it is for, as an administrator says it over HTTP or on the command line.</summary>
internal static class KeyNames
{
    private const int MaxLength = 200;

    public static string Rule { get; } = $"\"email\" says whose key it is; it and \"name\" have up to {MaxLength} characters";

    public static bool AreGood(string email, string name) =>
        email.Length is > 0 and <= MaxLength && name.Length <= MaxLength && !email.Concat(name).Any(char.IsControl);
}
