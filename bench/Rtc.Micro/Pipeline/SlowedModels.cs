using System.Diagnostics;
using Rtc.Inference;
using Rtc.Media;

namespace Rtc.Micro.Pipeline;

/// <summary>A model host whose detectors take at least so long: a machine that can do eight pictures a second.</summary>
internal sealed class SlowedModels(IModelHost inner, double minMs) : IModelHost
{
    public double MinMs { get; set; } = minMs;

    public IReadOnlyList<ModelInfo> Models => inner.Models;

    public IDetector OpenDetector(string name, out string? problem) => new Slowed(inner.OpenDetector(name, out problem), this);

    public ISegmenter OpenSegmenter(string name, out string? problem) => inner.OpenSegmenter(name, out problem);

    public IClassMapper? OpenClasses(string profile, out string? problem) => inner.OpenClasses(profile, out problem);

    public void Dispose()
    {
        // The inner host is its owner's.
    }

    private sealed class Slowed(IDetector detector, SlowedModels owner) : IDetector
    {
        public string Model => detector.Model;

        public string Provider => detector.Provider;

        public IReadOnlyList<string> ClassNames => detector.ClassNames;

        public DetectTimings Detect(Picture picture, DetectOptions options, List<Detection> into)
        {
            long before = Stopwatch.GetTimestamp();
            DetectTimings timings = detector.Detect(picture, options, into);
            double left = owner.MinMs - Stopwatch.GetElapsedTime(before).TotalMilliseconds;
            if (left > 0)
            {
                Thread.Sleep(TimeSpan.FromMilliseconds(left));
            }

            return timings;
        }

        public void Dispose() => detector.Dispose();
    }
}
