namespace Rtc.EndToEnd.Tests;

/// <summary>
/// What a page or a process comes to is waited for as long as a machine that is ten times too busy may take. Where a time is
/// what a test is about, it takes the time itself.
/// </summary>
internal static class Patience
{
    public const float Ms = 90_000;

    public static TimeSpan Time => TimeSpan.FromMilliseconds(Ms);
}
