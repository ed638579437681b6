using System.Diagnostics;
using Rtc.Media;

namespace Rtc.Inference.Motion;

/// <summary>
/// The detector that needs no model: what moves before a background that it learns from the pictures themselves.
/// It works on a small copy of the picture, tells shadows from things, keeps apart those who walk together, and holds what
/// walked in and stands still. Belongs to one room, because the background is that room's.
/// </summary>
public sealed class MotionDetector : IDetector
{
    public const string ModelName = SegmentProfile.Motion;
    public const string ProviderName = "embedded";

    /// <summary>Width and height of the working copy at most; 640×480 becomes 160×120.</summary>
    private const int MaxSide = 160;

    // A part of the picture smaller than this is noise.
    private const float MinShare = 0.0015f;

    // For so many pictures something that came here and stays is no background.
    private const int MaxHeld = 450;

    // A part of which so many pixels are still may be a hole.
    private const float MinStillOfHole = 0.9f;

    private readonly Background _background = new();
    private readonly BlobMeter _meter;
    private readonly Blobs _blobs = new();
    private readonly BlobTracks _tracks = new();
    private SmallPicture? _small;

    public MotionDetector() => _meter = new BlobMeter(_background);

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
            _tracks.Clear();
        }

        _small.Take(picture);
        long prepared = Stopwatch.GetTimestamp();
        bool trusted = _background.Update(_small);
        long ran = Stopwatch.GetTimestamp();
        if (trusted)
        {
            Follow(_small);
            if (options.Classes?.Contains(0) != false)
            {
                Report(picture, options, into);
            }
        }
        else
        {
            _tracks.Clear();
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

    private void Follow(SmallPicture small)
    {
        int smallest = Math.Max(4, (int)(MinShare * small.Width * small.Height));
        _meter.Take(small);
        _blobs.Find(_meter);
        for (int i = 0; i < _blobs.Count; i++)
        {
            if (_blobs[i].Still > MinStillOfHole * _blobs[i].Pixels && BlobMeter.IsHole(_blobs[i]))
            {
                _background.Adopt(_blobs[i], small);
            }
        }

        _tracks.Update(_blobs, _meter, smallest);
        foreach (BlobTrack track in _tracks.All)
        {
            if (track.HasTravelled && track.Missed == 0 && track.HereFor < MaxHeld)
            {
                _background.Hold(track.Box);
            }
        }
    }

    private void Report(Picture picture, DetectOptions options, List<Detection> into)
    {
        float scaleX = (float)picture.Width / _small!.Width;
        float scaleY = (float)picture.Height / _small.Height;
        foreach (BlobTrack track in _tracks.All)
        {
            float score = MotionScore.Of(track, _small.Width * _small.Height);
            if (track.Missed == 0 && score >= options.Confidence)
            {
                Blob box = track.Box;
                into.Add(
                    new Detection(0, score, new RectF(box.Left * scaleX, box.Top * scaleY, box.Right * scaleX, box.Bottom * scaleY)));
            }
        }

        into.Sort(static (a, b) => b.Score.CompareTo(a.Score));
        if (into.Count > options.Maximum)
        {
            into.RemoveRange(options.Maximum, into.Count - options.Maximum);
        }
    }
}
