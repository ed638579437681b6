namespace Rtc.Inference;

/// <summary>A trade of speed for accuracy under a name that clients use.</summary>
/// <param name="Name">fast, balanced or accurate.</param>
/// <param name="Model">A name of the catalogue, a file of the owner's choice, or "auto"; null where none is set.</param>
/// <param name="Side">The picture's side at the model, where the model leaves its size free.</param>
/// <param name="Option">What sets the model, for messages.</param>
public sealed record SegmentProfile(string Name, string? Model, int Side, string Option)
{
    public const string Fast = "fast";
    public const string Balanced = "balanced";
    public const string Accurate = "accurate";
    public const string Motion = "motion";

    /// <summary>Computed in half precision where the provider can.</summary>
    public bool HalfPrecision { get; init; }

    /// <summary>Every name that clients may use, best known first.</summary>
    public static IReadOnlyList<string> Names { get; } = [Fast, Balanced, Accurate, Motion];
}

/// <summary>A profile as it stands now, found out without loading its model.</summary>
/// <param name="Name">As clients know it.</param>
/// <param name="Model">The model behind it; null where there is none.</param>
/// <param name="Licence">The model's.</param>
/// <param name="ClassNames">By class number; empty where only loading would tell.</param>
/// <param name="Problem">Null where the profile can be used.</param>
public sealed record ProfileInfo(string Name, string? Model, string Licence, IReadOnlyList<string> ClassNames, string? Problem);
