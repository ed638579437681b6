using System.Diagnostics;
using Rtc.Media;

namespace Rtc.Inference.Motion;

/// <summary>
/// The class map that needs no model: background, and what moves before it. Belongs to one room or socket, because the
/// background is that one's.
/// </summary>
public sealed class MotionMapper : IClassMapper
{
    /// <summary>Width and height of the map at most; 640×480 becomes 160×120.</summary>
    private const int MaxSide = 160;

    private readonly Background _background = new();
    private readonly ClassMap _map = new();
    private SmallPicture? _small;

    /// <summary>The map's two classes.</summary>
    public static IReadOnlyList<string> Names { get; } = ["background", "moving"];

    public string Model => MotionDetector.ModelName;

    public string Provider => MotionDetector.ProviderName;

    public IReadOnlyList<string> ClassNames => Names;

    public double WaitTime => 0;

    public double RunTime { get; private set; }

    public bool TryMap(Picture picture, float inputScale, out ClassMap map, out string? problem)
    {
        long began = Stopwatch.GetTimestamp();
        if (_small is null || !_small.Fits(picture))
        {
            _small = SmallPicture.For(picture, MaxSide);
            _background.Reset(_small.Width, _small.Height);
        }

        _small.Take(picture);
        bool trusted = _background.Update(_small);
        _map.Resize(_small.Width, _small.Height);
        if (trusted)
        {
            _background.Foreground.CopyTo(_map.Classes, 0);
        }
        else
        {
            Array.Clear(_map.Classes);
        }

        (map, problem) = (_map, null);
        RunTime = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        return true;
    }

    public void Dispose()
    {
    }
}
