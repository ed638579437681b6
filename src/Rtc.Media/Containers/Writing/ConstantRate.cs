namespace Rtc.Media.Containers.Writing;

/// <summary>
/// Keeps a video of one frame rate in step with the sound of the file that its pictures come from: those may come at any times, and
/// the first after the sound. Says how often each picture is written. For one thread.
/// </summary>
/// <param name="frameRate">Of the video that is written.</param>
/// <param name="maxPictures">More are never repeated, whatever the times say.</param>
public sealed class ConstantRate(double frameRate, long maxPictures)
{
    // Pictures that are less than this many out of step go on one by one: containers round times.
    private const double Tolerance = 0.75;

    private long _next;
    private double _last;
    private double _begin;

    /// <summary>How often the picture before this one is written; 0: it is left out.</summary>
    /// <param name="seconds">When this one is shown, from the file's start.</param>
    public long TimesUntil(double seconds)
    {
        long following = _next + 1;
        if (seconds < _last)
        {
            // Times that begin anew, as in files that were joined, go on from here.
            _begin = following - (seconds * frameRate);
        }

        _last = seconds;
        double place = _begin + (seconds * frameRate);
        long at = Math.Abs(place - following) < Tolerance || place > long.MaxValue / 2 ? following : (long)Math.Round(place);
        at = Math.Clamp(at, _next, Math.Max(following, maxPictures));
        long times = at - _next;
        _next = at;
        return times;
    }
}
