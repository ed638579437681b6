using System.Text;
using System.Text.Json.Nodes;
using Rtc.Analysis.Records;

namespace Rtc.Analysis.Language;

/// <summary>
/// Describes scenes by a language model: asks once for each question ever, checks what comes back, and says nothing where that is of no
/// use. One for all jobs of a program; owns the connections.
/// </summary>
public sealed class LanguageDescriber : IDisposable
{
    private readonly HttpMessageHandler _handler;
    private readonly LanguageHttp _http;
    private readonly TimeProvider _time;

    public LanguageDescriber(LanguageSettings settings, TimeProvider time)
        : this(settings, time, new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
    }

    internal LanguageDescriber(LanguageSettings settings, TimeProvider time, HttpMessageHandler handler)
    {
        (Settings, _time, _handler) = (settings, time, handler);
        _http = new LanguageHttp(handler, new RequestPace(settings.RequestsPerMinute, time), time);
    }

    internal LanguageSettings Settings { get; }

    public void Dispose()
    {
        _http.Dispose();
        _handler.Dispose();
    }

    /// <summary>For one job's video.</summary>
    internal ILanguageModel Open(string file) => Settings.Kind == LanguageKind.Gemini
        ? new GeminiFiles(_http, Settings, file, _time)
        : new OpenAiChat(_http, Settings);

    /// <param name="model">The job's way to the model.</param>
    /// <param name="question">About one scene.</param>
    /// <param name="local">What is known without a model.</param>
    /// <param name="cancel">Ends it.</param>
    /// <returns>Null where there is no answer that can be kept; with how much was thrown away.</returns>
    internal async Task<(SceneAnalysis? Analysis, int Dropped)> DescribeAsync(
        ILanguageModel model, SceneQuestion question, SceneAnalysis local, CancellationToken cancel)
    {
        string kept = Path.Combine(Settings.CacheFolder, question.HashFor(Settings) + ".json");
        try
        {
            string text = File.Exists(kept)
                ? await File.ReadAllTextAsync(kept, cancel).ConfigureAwait(false)
                : await model.AskAsync(question, cancel).ConfigureAwait(false);
            if (SceneAnswer.Parse(Encoding.UTF8.GetBytes(text)) is not { } answer)
            {
                return (null, 1);
            }

            SceneAnalysis? analysis = SceneAnswer.Check(answer, question, local, out int dropped);
            if (analysis is not null && !File.Exists(kept))
            {
                Keep(kept, answer);
            }

            return (analysis, dropped + (analysis is null ? 1 : 0));
        }
        catch (LanguageException)
        {
            return (null, 1);
        }
    }

    /// <summary>Whole or not at all: another program may read it.</summary>
    private void Keep(string path, JsonObject answer)
    {
        Directory.CreateDirectory(Settings.CacheFolder);
        string part = $"{path}.{Guid.NewGuid():N}.part";
        File.WriteAllText(part, answer.ToJsonString());
        File.Move(part, path, overwrite: true);
    }
}
