namespace Rtc.Media.Codecs;

/// <summary>
/// Chooses how hard the encoder tries from the time that pictures took. Goes one step faster as soon as a few
/// pictures in a row ran over the budget, one step slower only after a long quiet stretch, so that it settles.
/// </summary>
internal sealed class EncoderSpeed(int slowest, int fastest, int start)
{
    // A rise within 8 pictures (a quarter of a second); a fall only after 3 s, and only where even the slower
    // step, about a sixth dearer, would stay well inside the budget.
    private const int PicturesBeforeFaster = 8;
    private const int PicturesBeforeSlower = 90;
    private const double Smoothing = 0.2;
    private const double RoomToSlowDown = 0.6;

    private double _average;
    private int _sinceChange;

    public int Current { get; private set; } = Math.Clamp(start, slowest, fastest);

    /// <returns>True where <see cref="Current"/> changed.</returns>
    public bool Observe(double milliseconds, double budgetMilliseconds)
    {
        _average = _sinceChange == 0 ? milliseconds : _average + (Smoothing * (milliseconds - _average));
        _sinceChange++;
        if (_average > budgetMilliseconds && _sinceChange >= PicturesBeforeFaster && Current < fastest)
        {
            return Step(1);
        }

        return _average < budgetMilliseconds * RoomToSlowDown && _sinceChange >= PicturesBeforeSlower && Current > slowest
            && Step(-1);
    }

    private bool Step(int by)
    {
        Current += by;
        _sinceChange = 0;
        return true;
    }
}
