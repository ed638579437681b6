namespace Rtc.Analysis.Language;

/// <summary>Which way of asking a language model has.</summary>
public enum LanguageKind
{
    /// <summary>Chat completions as OpenAI has them, and many others: pictures go along with the question.</summary>
    OpenAi,

    /// <summary>Gemini's File API: the video is uploaded once and asked about.</summary>
    Gemini,
}

/// <summary>A language model that describes scenes; without a key there is none.</summary>
public sealed record LanguageSettings
{
    public required LanguageKind Kind { get; init; }

    public required Uri Endpoint { get; init; }

    public required string Key { get; init; }

    public required string Model { get; init; }

    public int RequestsPerMinute { get; init; } = 60;

    /// <summary>Where answers are kept, by the hash of their question: the same question is not paid for twice.</summary>
    public required string CacheFolder { get; init; }
}
