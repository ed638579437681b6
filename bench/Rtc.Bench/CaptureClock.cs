using System.Diagnostics;

namespace Rtc.Bench;

/// <summary>
/// When a phone took which picture: by the RTP timestamp that a result names, and by the code that is drawn into the
/// picture itself, in tenths of a millisecond. The filming thread writes, others read; an old picture is forgotten.
/// </summary>
internal sealed class CaptureClock
{
    private const int Remembered = 512;
    private const int TicksPerMillisecond = 90;
    private readonly double[] _taken = new double[Remembered];
    private readonly uint[] _timestamps = new uint[Remembered];

    public static double NowMs => Stopwatch.GetTimestamp() * 1000.0 / Stopwatch.Frequency;

    public static uint CodeOf(double milliseconds) => (uint)(ulong)(milliseconds * 10);

    /// <summary>How old a picture with this code is, in milliseconds.</summary>
    public static double AgeOf(uint code, double nowMs) => unchecked((int)(CodeOf(nowMs) - code)) / 10.0;

    public void Took(uint timestamp, double atMs)
    {
        _taken[Slot(timestamp)] = atMs;
        _timestamps[Slot(timestamp)] = timestamp;
    }

    public double? AgeOfPicture(uint timestamp, double nowMs)
    {
        int slot = Slot(timestamp);
        return _timestamps[slot] == timestamp ? nowMs - _taken[slot] : null;
    }

    private static int Slot(uint timestamp) => (int)(timestamp / TicksPerMillisecond % Remembered);
}
