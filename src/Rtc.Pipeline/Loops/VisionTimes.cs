namespace Rtc.Pipeline.Loops;

/// <summary>Milliseconds that one picture spent on the inference loop, by stage.</summary>
internal struct VisionTimes
{
    public double QueueMs;
    public double DetectMs;
    public double TrackMs;
    public double MaskMs;
}
