using Rtc.Inference;
using Rtc.Inference.Motion;
using Rtc.Inference.Segment;
using Rtc.Media;

namespace Rtc.Server.Tests.Frames;

/// <summary>A host with no model but motion, whose mapper of classes a test makes.</summary>
internal abstract class MapperModels : IModelHost
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
        return OpenMapper();
    }

    public void Dispose()
    {
    }

    protected abstract Mapper OpenMapper();

    /// <summary>Motion's map, with whatever a test does around it.</summary>
    protected abstract class Mapper : IClassMapper
    {
        private readonly MotionMapper _motion = new();

        public string Model => _motion.Model;

        public string Provider => _motion.Provider;

        public IReadOnlyList<string> ClassNames => _motion.ClassNames;

        public double WaitTime => 0;

        public abstract double RunTime { get; }

        public virtual bool TryMap(Picture picture, float inputScale, out ClassMap map, out string? problem) =>
            _motion.TryMap(picture, inputScale, out map, out problem);

        public void Dispose() => _motion.Dispose();
    }
}
