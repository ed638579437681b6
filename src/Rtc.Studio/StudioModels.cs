namespace Rtc.Studio;

/// <summary>
/// Which model does each part of the studio's work: its file's name, "auto" for the best on hand, or the name of the engine that
/// needs no weights.
/// </summary>
public sealed record StudioModels
{
    public const string Auto = "auto";

    /// <summary>Outlines; "grabcut" needs no weights.</summary>
    public string Mask { get; init; } = Auto;

    /// <summary>What a sentence names; "labels" are the detector's classes.</summary>
    public string Text { get; init; } = Auto;

    /// <summary>Background that no picture shows; "telea" needs no weights.</summary>
    public string Fill { get; init; } = Auto;

    /// <summary>Parts of the sound; "dsp" needs no weights.</summary>
    public string Stems { get; init; } = Auto;

    /// <summary>Whether a file may be taken for what was chosen: by its name, or by itself where its licence allows that.</summary>
    internal static bool Fits(string chosen, string name, bool isCopyleft) =>
        chosen.Equals(Auto, StringComparison.OrdinalIgnoreCase) ? !isCopyleft : chosen.Equals(name, StringComparison.OrdinalIgnoreCase);
}
