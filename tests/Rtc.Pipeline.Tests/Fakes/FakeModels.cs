using Rtc.Inference;
using Rtc.Media;

namespace Rtc.Pipeline.Tests.Fakes;

/// <summary>A host whose detector and mask model do what the test says.</summary>
internal sealed class FakeModels : IModelHost
{
    public Func<Picture, IEnumerable<Detection>> Find { get; set; } = _ => [];

    public Func<Picture, MaskPrompt, Mask?> Segment { get; set; } = (_, _) => null;

    /// <summary>Called in place of the model's work.</summary>
    public Action<DetectOptions>? Work { get; set; }

    /// <summary>Called before a detector is opened.</summary>
    public Action? Opening { get; set; }

    public Func<double> WaitMs { get; set; } = () => 0;

    public IReadOnlyList<string> ClassNames { get; set; } = ["person", "bicycle", "car"];

    public int Open;
    public int Detections;
    public int Segmentations;

    public IReadOnlyList<ModelInfo> Models =>
        [new("fake", "detect", "none", true, 1, "cpu", null), new("broken", "detect", "none", true, 1, "cpu", null)];

    public IDetector OpenDetector(string name, out string? problem)
    {
        Opening?.Invoke();
        problem = name == "broken" ? "broken: not a model" : null;
        Interlocked.Increment(ref Open);
        return new Detector(this, name is "broken" or "motion" ? "motion" : "fake");
    }

    public ISegmenter OpenSegmenter(string name, out string? problem)
    {
        problem = null;
        Interlocked.Increment(ref Open);
        return new Segmenter(this);
    }

    public void Dispose()
    {
    }

    private sealed class Detector(FakeModels owner, string model) : IDetector
    {
        public string Model => model;

        public string Provider => model == "motion" ? "embedded" : "cpu";

        public IReadOnlyList<string> ClassNames => owner.ClassNames;

        public DetectTimings Detect(Picture picture, DetectOptions options, List<Detection> into)
        {
            into.Clear();
            Interlocked.Increment(ref owner.Detections);
            owner.Work?.Invoke(options);
            foreach (Detection detection in owner.Find(picture))
            {
                if (detection.Score >= options.Confidence && options.Classes?.Contains(detection.ClassId) != false)
                {
                    into.Add(detection);
                }
            }

            return new DetectTimings(owner.WaitMs(), 0, 0, 0);
        }

        public void Dispose() => Interlocked.Decrement(ref owner.Open);
    }

    private sealed class Segmenter(FakeModels owner) : ISegmenter
    {
        public string Model => "fake-mask";

        public string Provider => "cpu";

        public bool TrySegment(Picture picture, in MaskPrompt prompt, out Mask? mask)
        {
            Interlocked.Increment(ref owner.Segmentations);
            mask = owner.Segment(picture, prompt);
            return mask is not null;
        }

        public void Dispose() => Interlocked.Decrement(ref owner.Open);
    }
}
