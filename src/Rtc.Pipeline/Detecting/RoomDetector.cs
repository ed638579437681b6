using Rtc.Inference;
using Rtc.Media;
using Rtc.Pipeline.Results;
using Rtc.Pipeline.Settings;

namespace Rtc.Pipeline.Detecting;

/// <summary>
/// A room's detector, opened anew when the room is told another model, with the room's filters in the model's terms.
/// Owned and called by the inference loop, so that loading a model holds up no picture.
/// </summary>
internal sealed class RoomDetector(IModelHost models, IPipelineOutput output) : IDisposable
{
    /// <summary>The tracker's second round lives on detections this far under the room's threshold.</summary>
    private const float LowShare = 0.4f;

    /// <summary>In privacy mode a person is looked for down to this score, whatever else is reported.</summary>
    private const float PrivacyScore = 0.1f;

    private const string Embedded = "motion";

    private IDetector? _detector;
    private string? _openedFor;
    private int _openedAt;
    private RoomSettings? _optionsFor;
    private IReadOnlyList<string>? _namesFor;
    private string _saidUnknown = "";
    private DetectOptions _options = new();
    private DetectOptions _smallOptions = new();

    public string Model => _detector?.Model ?? "";

    public string Provider => _detector?.Provider ?? "";

    public string? Problem { get; private set; }

    /// <summary>Whether the model tells people from other things.</summary>
    public bool KnowsPeople { get; private set; }

    /// <summary>Makes sure that the detector is the one that the settings name; true where it had to be opened.</summary>
    public bool Open(RoomSettings settings)
    {
        int arrivals = models.Arrivals;
        bool isOpen = _openedFor == settings.Model && (_openedAt == arrivals || !StandsIn(settings));
        _openedAt = arrivals;
        if (isOpen)
        {
            return false;
        }

        _openedFor = settings.Model;
        Replace(settings.Model);
        if (Problem is not null)
        {
            output.OnNotice(new PipelineNotice("model_unavailable", Problem, Recoverable: true));
        }

        return true;
    }

    /// <summary>The embedded detector is at work where a model was asked for.</summary>
    private bool StandsIn(RoomSettings settings) => _detector?.Model == Embedded && settings.Model != Embedded;

    /// <summary>Finds things with the detector that <see cref="Open"/> opened.</summary>
    public DetectTimings Detect(Picture picture, RoomSettings settings, float inputScale, List<Detection> into)
    {
        if (!ReferenceEquals(_optionsFor, settings)
            || !ReferenceEquals(_namesFor, _detector!.ClassNames)
            || _smallOptions.InputScale != inputScale)
        {
            Translate(settings, inputScale);
        }

        try
        {
            DetectTimings timings = _detector!.Detect(picture, inputScale < 1 ? _smallOptions : _options, into);
            if (!ReferenceEquals(_namesFor, _detector.ClassNames))
            {
                // A newer file took over just now, or motion where the model failed: what was found is by its names.
                Translate(settings, inputScale);
                timings = _options.Classes is null
                    ? timings
                    : _detector.Detect(picture, inputScale < 1 ? _smallOptions : _options, into);
            }

            if (_detector.Failure is { } failure && failure != Problem)
            {
                Problem = failure;
                TellFailed(settings, failure);
            }

            return timings;
        }
        catch (Exception error) when (_detector!.Model != Embedded && error is not OutOfMemoryException)
        {
            // A model that fails while it runs costs the room its model, not its video.
            into.Clear();
            Replace(Embedded);
            Problem = error.Message;
            TellFailed(settings, error.Message);
            Translate(settings, inputScale);
            return default;
        }
    }

    /// <summary>The model's word for a class.</summary>
    public string Label(int classId)
    {
        IReadOnlyList<string>? names = _detector?.ClassNames;
        return names is not null && classId >= 0 && classId < names.Count ? names[classId] : "object";
    }

    /// <summary>Whether the room wants to hear of that class; in privacy mode people are looked for beyond that.</summary>
    public bool IsAskedFor(int classId, RoomSettings settings) =>
        settings.Classes.Count == 0 || settings.Classes.Contains(Label(classId), StringComparer.OrdinalIgnoreCase);

    public void Dispose() => _detector?.Dispose();

    private void TellFailed(RoomSettings settings, string problem) =>
        output.OnNotice(new PipelineNotice("model_failed", $"{settings.Model} failed: {problem}", Recoverable: true));

    private void Replace(string model)
    {
        IDetector next = models.OpenDetector(model, out string? problem);
        _detector?.Dispose();
        _detector = next;
        _optionsFor = null;
        Problem = problem;
    }

    private void Translate(RoomSettings settings, float inputScale)
    {
        HashSet<int>? classes = settings.Classes.Count > 0 ? ClassesNamed(settings.Classes) : null;
        float confidence = settings.Confidence * LowShare;
        float nms = settings.Nms;
        int maximum = settings.MaxDetections;
        if (settings.Mode == ViewMode.Privacy)
        {
            classes?.UnionWith(Enumerable.Range(0, _detector!.ClassNames.Count).Where(id => PersonLabels.IsPerson(Label(id))));
            confidence = Math.Min(confidence, PrivacyScore);
            // No setting leaves a person out.
            nms = Math.Max(nms, RoomSettings.DefaultNms);
            maximum = RoomSettings.MostDetections;
        }

        _options = new DetectOptions { Confidence = confidence, NmsThreshold = nms, Maximum = maximum, Classes = classes };
        _smallOptions = _options with { InputScale = inputScale };
        _optionsFor = settings;

        // A handle's model may change behind it (a provider that fell back, a model that was swapped).
        _namesFor = _detector!.ClassNames;
        KnowsPeople = _namesFor.Any(PersonLabels.IsPerson);
    }

    /// <summary>The model's numbers for these names; names that it does not know are said, once for each change.</summary>
    private HashSet<int> ClassesNamed(IReadOnlyList<string> wanted)
    {
        var classes = new HashSet<int>();
        IReadOnlyList<string> names = _detector!.ClassNames;
        for (int id = 0; id < names.Count; id++)
        {
            if (wanted.Contains(names[id], StringComparer.OrdinalIgnoreCase))
            {
                classes.Add(id);
            }
        }

        string[] unknown =
            [.. wanted.Where(name => name != RoomSettings.NoClass && !names.Contains(name, StringComparer.OrdinalIgnoreCase))];
        string key = $"{_detector.Model}: {string.Join(", ", unknown)}";
        if (unknown.Length > 0 && key != _saidUnknown)
        {
            _saidUnknown = key;
            output.OnNotice(
                new PipelineNotice("class_unknown", $"{_detector.Model} does not know {string.Join(", ", unknown)}", Recoverable: true));
        }

        return classes;
    }
}
