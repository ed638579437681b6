using Rtc.Inference;
using Rtc.Media;

namespace Rtc.Pipeline.Tests.Fakes;

/// <summary>A host whose detector and mask model do what the test says.</summary>
internal sealed class FakeModels : IModelHost
{
    public Func<Picture, IEnumerable<Detection>> Find { get; set; } = _ => [];

    /// <summary>Where it is set there is a model for faces too.</summary>
    public Func<Picture, IEnumerable<Detection>>? FindFaces { get; set; }

    public Func<Picture, MaskPrompt, Mask?> Segment { get; set; } = (_, _) => null;

    /// <summary>Called in place of the model's work.</summary>
    public Action<DetectOptions>? Work { get; set; }

    /// <summary>Called before a detector is opened.</summary>
    public Action? Opening { get; set; }

    /// <summary>Where it is set the model has failed, and motion is at work in its place.</summary>
    public string? Failure { get; set; }

    public Func<double> WaitMs { get; set; } = () => 0;

    public IReadOnlyList<string> ClassNames { get; set; } = ["person", "bicycle", "car"];

    /// <summary>Names that are no models yet; the embedded detector is opened for them.</summary>
    public HashSet<string> Missing { get; } = [];

    public int Arrivals { get; set; }

    public int Open;
    public int Detections;
    public int Segmentations;

    public IReadOnlyList<ModelInfo> Models =>
    [
        new("fake", "detect", "none", true, 1, "cpu", null),
        new("broken", "detect", "none", true, 1, "cpu", null),
        new("yunet", "detect", "none", FindFaces is not null, 1, "cpu", null),
    ];

    public IDetector OpenDetector(string name, out string? problem)
    {
        Opening?.Invoke();
        problem = name == "broken" ? "broken: not a model" : null;
        Interlocked.Increment(ref Open);
        return new Detector(this, name is "broken" or "motion" || Missing.Contains(name) ? "motion" : name is "yunet" ? name : "fake");
    }

    public ISegmenter OpenSegmenter(string name, out string? problem)
    {
        problem = null;
        Interlocked.Increment(ref Open);
        return new Segmenter(this);
    }

    /// <summary>Writes a class map's places; null has none but motion's.</summary>
    public Action<Picture, ClassMap>? Map { get; set; }

    public IReadOnlyList<ProfileInfo> Profiles =>
        Map is null ? [] : [new("fast", "fake-map", "none", ["background", "person", "sky"], null)];

    public IClassMapper? OpenClasses(string profile, out string? problem)
    {
        problem = null;
        Interlocked.Increment(ref Open);
        return new Mapper(this);
    }

    public void Dispose()
    {
    }

    private sealed class Mapper(FakeModels owner) : IClassMapper
    {
        private readonly ClassMap _map = new();

        public string Model => "fake-map";

        public string Provider => "cpu";

        public IReadOnlyList<string> ClassNames { get; } = ["background", "person", "sky"];

        public double WaitTime => 0;

        public double RunTime => 1;

        public bool TryMap(Picture picture, float inputScale, out ClassMap map, out string? problem)
        {
            (map, problem) = (_map, null);
            _map.Resize(32, 24);
            Array.Clear(_map.Classes);
            owner.Map?.Invoke(picture, _map);
            return true;
        }

        public void Dispose() => Interlocked.Decrement(ref owner.Open);
    }

    private sealed class Detector(FakeModels owner, string model) : IDetector
    {
        public string Model => Failure is null ? model : "motion";

        public string? Failure => model == "motion" ? null : owner.Failure;

        public string Provider => model == "motion" ? "embedded" : "cpu";

        public IReadOnlyList<string> ClassNames => model == "yunet" ? ["face"] : owner.ClassNames;

        public DetectTimings Detect(Picture picture, DetectOptions options, List<Detection> into)
        {
            into.Clear();
            if (model == "yunet")
            {
                into.AddRange(owner.FindFaces!(picture));
                return default;
            }

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
