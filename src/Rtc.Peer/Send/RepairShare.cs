namespace Rtc.Peer.Send;

/// <summary>
/// What part of what is sent are answers to questions for missing packets. They take the place of new pictures on a path
/// that is full, so that a target which counts pictures alone would keep it full. Owned by the RTP session.
/// </summary>
internal sealed class RepairShare
{
    private const double MemorySeconds = 0.5;

    // The encoder isn't bothered by less, and follows in steps.
    private const int Steps = 8;
    private const double Max = 0.5;

    private double _repairs;
    private double _all;
    private Instant _at;

    /// <summary>In steps of an eighth, at most a half; a few repairs are none.</summary>
    public double Value => _all <= 0 ? 0 : Math.Min(Max, Math.Floor(_repairs / _all * Steps) / Steps);

    public void OnSent(Instant now, int bytes, bool isRepair)
    {
        double kept = Math.Exp(-(now - _at).TotalSeconds / MemorySeconds);
        _at = now;
        _all = (_all * kept) + bytes;
        _repairs = (_repairs * kept) + (isRepair ? bytes : 0);
    }
}
