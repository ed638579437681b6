using Rtc.Pipeline.Settings;

namespace Rtc.Pipeline.Zones;

/// <summary>One zone's figures for one class.</summary>
public sealed record ZoneCount(
    string Zone, string Label, int Inside, int Entered, int Left, double MeanStaySeconds, double LongestStaySeconds);

/// <summary>One line's crossings for one class.</summary>
public sealed record LineCount(string Line, string Label, int Forward, int Backward);
