namespace Rtc.Architecture.Tests;

/// <summary>Says all that breaks a rule at once, a line each.</summary>
internal static class Rule
{
    public static void Holds(IEnumerable<string> violations)
    {
        string[] all = [.. violations];
        Assert.True(all.Length == 0, string.Join('\n', all));
    }

    public static void IsBroken(IEnumerable<string> violations, string expected) =>
        Assert.Contains(violations, violation => violation.Contains(expected, StringComparison.Ordinal));
}
