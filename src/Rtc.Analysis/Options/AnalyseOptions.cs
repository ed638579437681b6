using Rtc.Media;

namespace Rtc.Analysis.Options;

/// <summary>How scenes are found and described.</summary>
public enum SceneMode
{
    None,

    /// <summary>Cuts in pixels, described from tracks and classes.</summary>
    Cuts,

    /// <summary>The same cuts, described by a language model where one is set up.</summary>
    LanguageModel,
}

/// <summary>What makes tracks of boxes.</summary>
public enum TrackerChoice
{
    /// <summary>BoT-SORT where the camera moves, ByteTrack where it stands.</summary>
    Auto,
    ByteTrack,
    BotSort,
}

/// <summary>What a job of the kind "analyse" is asked for.</summary>
public sealed record AnalyseOptions
{
    /// <summary>Every how manieth picture is looked at.</summary>
    public int SampleEvery { get; init; } = 5;

    /// <summary>Pixels that a box has at least.</summary>
    public double MinObjectSize { get; init; } = 64;

    public float Confidence { get; init; } = 0.5f;

    public float Nms { get; init; } = 0.45f;

    public string Model { get; init; } = "auto";

    public bool Masks { get; init; } = true;

    public string MaskModel { get; init; } = "auto";

    /// <summary>How long an object out of sight keeps its track.</summary>
    public double TrackBufferSeconds { get; init; } = 1;

    public TrackerChoice Tracker { get; init; } = TrackerChoice.Auto;

    /// <summary>How long BoT-SORT knows an object again by its colours alone.</summary>
    public double ReidBufferSeconds { get; init; } = 5;

    public SceneMode Scenes { get; init; } = SceneMode.Cuts;

    /// <summary>Other names for the model's classes.</summary>
    public IReadOnlyDictionary<string, string> LabelMap { get; init; } = new Dictionary<string, string>();

    /// <summary>Only these, as they are called in the end; empty: all.</summary>
    public IReadOnlySet<string> Classes { get; init; } = new HashSet<string>();

    /// <summary>In fractions of the picture; what has its middle outside is left out.</summary>
    public RectF Region { get; init; } = new(0, 0, 1, 1);

    /// <summary>Fainter ones are not looked at, not even to follow an object.</summary>
    public float FaintConfidence => Math.Min(0.1f, Confidence * 0.4f);

    /// <summary>What the model calls so, as the results call it.</summary>
    public string NameOf(string label) => LabelMap.TryGetValue(label, out string? other) ? other : label;
}
