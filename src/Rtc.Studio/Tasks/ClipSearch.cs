using Rtc.Inference;
using Rtc.Inference.Onnx;
using Rtc.Studio.Clips;
using Rtc.Studio.Masks;
using Rtc.Studio.Text;

namespace Rtc.Studio.Tasks;

/// <summary>What a sentence was taken for, and what of it is in the clip.</summary>
/// <param name="Prompt">As it was understood.</param>
/// <param name="Found">Objects in the picture that shows them best.</param>
/// <param name="Engine">As answers name it.</param>
/// <param name="Model">That looked for them.</param>
/// <param name="Problem">Why it is not a better one.</param>
internal sealed record SearchResult(Prompt Prompt, List<FoundObject> Found, string Engine, string Model, string? Problem);

/// <summary>Looks for what a sentence names: by a detector that takes any phrase where one is on hand, else among classes.</summary>
internal sealed class ClipSearch(StudioEngines engines)
{
    private const double Looks = 16;

    private readonly TextEngines _text = new(engines.Graphs, engines.Chosen.Text);

    /// <param name="frames">Read once the detector is known.</param>
    /// <param name="sentence">As it was written.</param>
    /// <param name="onEngine">Told what looks for it.</param>
    /// <param name="onLook">Told the share that is done.</param>
    /// <param name="cancel">Ends it.</param>
    public SearchResult Find(
        ClipFrames frames, string sentence, Action<string> onEngine, Action<double> onLook, CancellationToken cancel)
    {
        IReadOnlyList<string> phrases = PhraseReader.Read(sentence);
        using IPhraseDetector? detector = _text.Open(phrases, cancel, out string? problem);
        if (detector is not null)
        {
            try
            {
                onEngine($"{detector.Engine}: {detector.Model}");
                var prompt = Prompt.Of(sentence, phrases);
                List<FoundObject> found = Look(frames, detector, prompt, detector.UsualConfidence, onLook);
                return new SearchResult(prompt, found, detector.Engine, detector.Model, null);
            }
            catch (OrtException error)
            {
                problem = $"{detector.Model} failed: {error.Message}";
            }
        }

        using IDetector classes = engines.OpenDetector(out string? noDetector);
        onEngine($"labels of {classes.Model}");
        var known = Prompt.Read(sentence, classes.ClassNames);
        List<FoundObject> some = known.Understood().Length == 0 ? [] : Look(frames, classes, known, null, onLook);
        return new SearchResult(known, some, PromptSearch.EngineName, classes.Model, problem ?? noDetector);
    }

    private static List<FoundObject> Look(
        ClipFrames frames, IDetector detector, Prompt prompt, float? confidence, Action<double> onLook)
    {
        int looks = 0;
        return new PromptSearch(frames, detector, confidence).Find(prompt, () => onLook(Math.Min(1, ++looks / Looks)));
    }
}
