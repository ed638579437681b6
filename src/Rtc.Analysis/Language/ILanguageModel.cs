namespace Rtc.Analysis.Language;

/// <summary>One job's way to a model: opened with its first question, closed with the job.</summary>
internal interface ILanguageModel : IAsyncDisposable
{
    /// <summary>What the model says, as it came.</summary>
    /// <exception cref="LanguageException">It says nothing that could be used.</exception>
    Task<string> AskAsync(SceneQuestion question, CancellationToken cancel);
}
