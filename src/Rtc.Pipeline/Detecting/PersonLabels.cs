namespace Rtc.Pipeline;

/// <summary>Who is made unrecognisable in privacy mode.</summary>
internal static class Privacy
{
    public static bool IsPerson(string label) =>
        label.Equals("person", StringComparison.OrdinalIgnoreCase)
        || label.Equals("face", StringComparison.OrdinalIgnoreCase)
        || label.Equals("head", StringComparison.OrdinalIgnoreCase);
}
