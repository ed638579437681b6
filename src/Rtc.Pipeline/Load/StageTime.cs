namespace Rtc.Pipeline.Load;

/// <summary>Milliseconds that a stage took over the last 256 pictures.</summary>
public readonly record struct StageTime(double Median, double P95);
