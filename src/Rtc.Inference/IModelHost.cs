namespace Rtc.Inference;

/// <summary>A model on hand, as lists and pages show it.</summary>
public sealed record ModelInfo(string Name, string Task, string Licence, bool OnDisk, long Bytes, string? Provider, string? Problem)
{
    /// <summary>The family of its outputs; null where only loading it would tell.</summary>
    public string? Layout { get; init; }

    /// <summary>Of the picture that it takes; null where that is free, or unknown.</summary>
    public int? InputWidth { get; init; }

    /// <inheritdoc cref="InputWidth"/>
    public int? InputHeight { get; init; }

    /// <summary>What its outputs are good for: detect, mask, classes; none of them for models of clips.</summary>
    public IReadOnlyList<string> Suits { get; init; } = [];

    /// <summary>Where it comes from: catalogue, folder, added (over HTTP), given (by an option) or embedded.</summary>
    public string Origin { get; init; } = ModelOrigin.Folder;
}

/// <summary>Where a model comes from, as lists name it.</summary>
public static class ModelOrigin
{
    public const string Catalogue = "catalogue";
    public const string Folder = "folder";
    public const string Added = "added";
    public const string Given = "given";
    public const string Embedded = "embedded";
}

/// <summary>Owns every loaded model of the process and lends rooms their handles.</summary>
public interface IModelHost : IDisposable
{
    /// <summary>What is on hand now; reads the folder.</summary>
    IReadOnlyList<ModelInfo> Models { get; }

    /// <summary>The same as it was a moment ago, without reading anything: for threads that must not wait for a disk.</summary>
    IReadOnlyList<ModelInfo> Listed => Models;

    /// <summary>How often models came while the program ran: who makes do with the embedded detector looks again then.</summary>
    int Arrivals => 0;

    /// <summary>
    /// The file that a client gets for a name: a model's own, an encoder's, or a decoder's by its file's name or the model's
    /// with "-decoder". Null where nothing of that name lies in the folder; a name is never a path.
    /// </summary>
    string? FindFile(string name) => null;

    /// <summary>
    /// A detector of that name ("auto": the best on hand, "motion": the embedded one). Where the model cannot be
    /// had the embedded detector is returned and <paramref name="problem"/> says why.
    /// </summary>
    IDetector OpenDetector(string name, out string? problem);

    ISegmenter OpenSegmenter(string name, out string? problem);

    /// <summary>The profiles of segmentation as they stand, without loading anything.</summary>
    IReadOnlyList<ProfileInfo> Profiles => [];

    /// <summary>
    /// A class map by a profile's name, whose model is loaded where it is not yet; null with the reason where there is none.
    /// "motion" always is.
    /// </summary>
    IClassMapper? OpenClasses(string profile, out string? problem);
}
