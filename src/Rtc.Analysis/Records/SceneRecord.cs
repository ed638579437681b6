namespace Rtc.Analysis.Records;

/// <summary>Something in a scene that could be exchanged for something else, and how hard that would be.</summary>
public sealed record ReplaceableElement(string Type, string Description, string Difficulty, string? TrackId);

/// <summary>What a scene shows.</summary>
public sealed record SceneAnalysis(
    string Description, int Importance, string SceneType, IReadOnlyList<ReplaceableElement> ReplaceableElements);

/// <summary>Frames between two cuts, and what they show.</summary>
public sealed record SceneRecord(
    int SceneNumber, long StartFrame, long EndFrame, string Description, int Importance, string SceneType,
    IReadOnlyList<ReplaceableElement> ReplaceableElements);
