namespace Rtc.Inference;

/// <summary>A model on hand, as lists and pages show it.</summary>
public sealed record ModelInfo(string Name, string Task, string Licence, bool OnDisk, long Bytes, string? Provider, string? Problem);

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
