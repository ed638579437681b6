using Rtc.Inference;
using Rtc.Inference.Motion;
using Rtc.Inference.Segment;
using Rtc.Media;

namespace Rtc.Server.Tests.Frames;

/// <summary>Motion alone, which takes as long for a picture as it is told, or fails.</summary>
internal sealed class SlowModels(TimeSpan takes, bool fails = false) : IModelHost
{
    public IReadOnlyList<ModelInfo> Models => [];

    public IReadOnlyList<ProfileInfo> Profiles =>
        [new ProfileInfo(SegmentProfile.Motion, SegmentProfile.Motion, "Apache-2.0", MotionMapper.Names, null)];

    public IDetector OpenDetector(string name, out string? problem)
    {
        problem = null;
        return new MotionDetector();
    }

    public ISegmenter OpenSegmenter(string name, out string? problem)
    {
        problem = null;
        return new EllipseSegmenter();
    }

    public IClassMapper? OpenClasses(string profile, out string? problem)
    {
        problem = null;
        return new Slow(takes, fails);
    }

    public void Dispose()
    {
    }

    private sealed class Slow(TimeSpan takes, bool fails) : IClassMapper
    {
        private readonly MotionMapper _motion = new();

        public string Model => _motion.Model;

        public string Provider => _motion.Provider;

        public IReadOnlyList<string> ClassNames => _motion.ClassNames;

        public double WaitTime => 0;

        public double RunTime => takes.TotalMilliseconds;

        public bool TryMap(Picture picture, float inputScale, out ClassMap map, out string? problem)
        {
            Thread.Sleep(takes);
            _motion.TryMap(picture, inputScale, out map, out problem);
            problem = fails ? "out of order" : problem;
            return !fails;
        }

        public void Dispose() => _motion.Dispose();
    }
}
