using System.Collections.Concurrent;
using Rtc.Inference;
using Rtc.Inference.Motion;
using Rtc.Inference.Segment;
using Rtc.Media;

namespace Rtc.Server.Tests.Frames;

/// <summary>Motion alone, whose every run says that it has begun and lasts until the test ends it.</summary>
internal sealed class SteppedModels : IModelHost
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private readonly ConcurrentQueue<byte> _seen = new();
    private readonly SemaphoreSlim _begun = new(0);
    private readonly SemaphoreSlim _mayEnd = new(0);

    public IReadOnlyList<ModelInfo> Models => [];

    public IReadOnlyList<ProfileInfo> Profiles =>
        [new ProfileInfo(SegmentProfile.Motion, SegmentProfile.Motion, "Apache-2.0", MotionMapper.Names, null)];

    /// <summary>Waits for the next run, and says how light its picture is.</summary>
    public async Task<byte> BegunAsync()
    {
        Assert.True(await _begun.WaitAsync(s_patience), "no run began");
        Assert.True(_seen.TryDequeue(out byte luma));
        return luma;
    }

    public void EndRun() => _mayEnd.Release();

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
        return new Stepped(this);
    }

    public void Dispose()
    {
    }

    private sealed class Stepped(SteppedModels steps) : IClassMapper
    {
        private readonly MotionMapper _motion = new();

        public string Model => _motion.Model;

        public string Provider => _motion.Provider;

        public IReadOnlyList<string> ClassNames => _motion.ClassNames;

        public double WaitTime => 0;

        public double RunTime => 1;

        public bool TryMap(Picture picture, float inputScale, out ClassMap map, out string? problem)
        {
            steps._seen.Enqueue(picture.RowY(0)[0]);
            steps._begun.Release();
            Assert.True(steps._mayEnd.Wait(s_patience));
            return _motion.TryMap(picture, inputScale, out map, out problem);
        }

        public void Dispose() => _motion.Dispose();
    }
}
