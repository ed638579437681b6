using System.Diagnostics;
using Rtc.Media;

namespace Rtc.Inference.Motion;

/// <summary>
/// The detector that needs no model: what moves before a background that it learns from the pictures themselves.
/// It works on a small copy of the picture, tells shadows from things, and merges what lies close together.
/// Belongs to one room, because the background is that room's.
/// </summary>
public sealed class MotionDetector : IDetector
{
    public const string ModelName = SegmentProfile.Motion;
    public const string ProviderName = "embedded";

    /// <summary>Width and height of the working copy at most; 640×480 becomes 160×120.</summary>
    private const int MaxSide = 160;

    // A part of the picture smaller than this is noise.
    private const float SmallestShare = 0.0015f;

    private const float MergeDistance = 3.5f;

    private readonly Background _background = new();
    private readonly Blobs _blobs = new();
    private SmallPicture? _small;

    public string Model => ModelName;

    public string Provider => ProviderName;

    public IReadOnlyList<string> ClassNames { get; } = ["moving"];

    public DetectTimings Detect(Picture picture, DetectOptions options, List<Detection> into)
    {
        into.Clear();
        long began = Stopwatch.GetTimestamp();
        if (_small is null || !_small.Fits(picture))
        {
            _small = SmallPicture.For(picture, MaxSide);
            _background.Reset(_small.Width, _small.Height);
        }

        _small.Take(picture);
        long prepared = Stopwatch.GetTimestamp();
        bool trusted = _background.Update(_small);
        long ran = Stopwatch.GetTimestamp();
        if (trusted && options.Classes?.Contains(0) != false)
        {
            int smallest = Math.Max(4, (int)(SmallestShare * _small.Width * _small.Height));
            _blobs.Find(_background.Foreground, _background.Strength, _small.Width, _small.Height, smallest, MergeDistance);
            float scaleX = (float)picture.Width / _small.Width;
            float scaleY = (float)picture.Height / _small.Height;
            for (int i = 0; i < _blobs.Count && into.Count < options.Maximum; i++)
            {
                Blob blob = _blobs[i];
                float score = _background.Confidence(blob);
                if (score >= options.Confidence)
                {
                    into.Add(
                        new Detection(
                            0, score, new RectF(blob.Left * scaleX, blob.Top * scaleY, blob.Right * scaleX, blob.Bottom * scaleY)));
                }
            }

            into.Sort(static (a, b) => b.Score.CompareTo(a.Score));
        }

        return new DetectTimings(
            0,
            Stopwatch.GetElapsedTime(began, prepared).TotalMilliseconds,
            Stopwatch.GetElapsedTime(prepared, ran).TotalMilliseconds,
            Stopwatch.GetElapsedTime(ran).TotalMilliseconds);
    }

    public void Dispose()
    {
    }
}
