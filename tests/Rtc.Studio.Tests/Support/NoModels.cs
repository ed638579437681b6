using Rtc.Inference;
using Rtc.Inference.Motion;
using Rtc.Inference.Segment;

namespace Rtc.Studio.Tests.Support;

/// <summary>A host without weights.</summary>
internal sealed class NoModels : IModelHost
{
    public IReadOnlyList<ModelInfo> Models => [];

    public IDetector OpenDetector(string name, out string? problem)
    {
        problem = null;
        return new MotionDetector();
    }

    public ISegmenter OpenSegmenter(string name, out string? problem)
    {
        problem = null;
        return new GrabCutSegmenter();
    }

    public IClassMapper? OpenClasses(string profile, out string? problem)
    {
        problem = null;
        return null;
    }

    public void Dispose()
    {
    }
}
