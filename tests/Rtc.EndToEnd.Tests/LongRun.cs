namespace Rtc.EndToEnd.Tests;

/// <summary>RTC_LONG=1 makes tests that watch over a time watch for as long as the requirement says; a usual run takes a share.</summary>
internal static class LongRun
{
    public static bool IsWanted => Environment.GetEnvironmentVariable("RTC_LONG") is { Length: > 0 } wish && wish != "0";
}
