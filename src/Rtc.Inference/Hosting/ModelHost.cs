using Rtc.Inference.Catalogue;
using Rtc.Inference.Detect;
using Rtc.Inference.Detect.Layouts;
using Rtc.Inference.Hosting;
using Rtc.Inference.Motion;
using Rtc.Inference.Onnx;
using Rtc.Inference.Segment;

namespace Rtc.Inference;

/// <summary>
/// Every model of the process: finds files, loads each once, lends rooms their handles, and falls back to the
/// embedded detector or GrabCut with a reason. Owned by the program; any thread may call it.
/// </summary>
public sealed class ModelHost : IModelHost
{
    public const string Auto = "auto";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, ModelSlot> _slots = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<ModelSlot> _idle = [];
    private readonly Provider _wish;
    private readonly OrtRuntime? _runtime;
    private readonly ModelLoader? _loader;
    private readonly ModelShelf _shelf;

    public ModelHost(ModelHostOptions options)
    {
        Options = options;
        _wish = options.ProviderWish;
        if (OrtRuntime.TryLoad(options.RuntimeLibrary, out _runtime, out string? problem))
        {
            _loader = new ModelLoader(_runtime!, options);
        }

        RuntimeProblem = problem;
        Catalogue = ModelCatalogue.Load(options.Directory, out string? broken);
        CatalogueProblem = broken;
        _shelf = new ModelShelf(options.Directory, Catalogue);
    }

    public ModelHostOptions Options { get; }

    /// <summary>Null where ONNX Runtime could not be loaded; then <see cref="RuntimeProblem"/> says why.</summary>
    public OrtRuntime? Runtime => _runtime;

    public string? RuntimeProblem { get; }

    public ModelCatalogue Catalogue { get; }

    /// <summary>Why the folder's own catalogue was not used.</summary>
    public string? CatalogueProblem { get; }

    /// <summary>What lies in the folder, what the catalogue could fetch, and the two that need no file.</summary>
    public IReadOnlyList<ModelInfo> Models
    {
        get
        {
            IReadOnlyList<ShelvedModel> here = _shelf.Models();
            List<ModelInfo> models = [.. here.Select(Describe)];
            models.AddRange(Catalogue.Entries.Where(entry => !here.Any(model => ModelName.Same(model.Name, entry.Name)))
                .Select(entry => new ModelInfo(entry.Name, entry.Task, Licence(entry.Licence, entry.Copyleft), false, entry.Size, null, null)));
            models.Add(new ModelInfo(MotionDetector.ModelName, "detect", "Apache-2.0", true, 0, MotionDetector.ProviderName, null));
            models.Add(new ModelInfo(GrabCutSegmenter.ModelName, "mask", "Apache-2.0", true, 0, MotionDetector.ProviderName, null));
            return models;
        }
    }

    /// <summary>What is loaded now, for health and metrics.</summary>
    public IReadOnlyList<LoadedModelReport> Loaded
    {
        get
        {
            lock (_gate)
            {
                return [.. _slots.Values.Where(slot => slot.Current is not null).Select(Report)];
            }
        }
    }

    public IDetector OpenDetector(string name, out string? problem)
    {
        if (name.Equals(MotionDetector.ModelName, StringComparison.OrdinalIgnoreCase))
        {
            problem = null;
            return new MotionDetector();
        }

        if (!TryResolve(name, "detect", Options.Model, out ShelvedModel? found, out problem)
            || !TryOpen(found!.Name, found.Path, out ModelHandle? handle, out problem))
        {
            return new MotionDetector();
        }

        if (handle!.Model.Kind is ModelKind.Detector)
        {
            problem = handle.Problem;
            return new OnnxDetector(handle);
        }

        problem = $"{found.Name} is no detector: its task is {handle.Model.Kind.Task}";
        handle.Dispose();
        return new MotionDetector();
    }

    /// <summary>
    /// A segmenter of that name; "auto" is the best mask model on hand that is quick enough, else GrabCut. A detector
    /// with masks and a semantic model serve too.
    /// </summary>
    public ISegmenter OpenSegmenter(string name, out string? problem)
    {
        problem = null;
        bool auto = name.Equals(Auto, StringComparison.OrdinalIgnoreCase);
        if (name.Equals(EllipseSegmenter.ModelName, StringComparison.OrdinalIgnoreCase))
        {
            return new EllipseSegmenter();
        }

        if (name.Equals(GrabCutSegmenter.ModelName, StringComparison.OrdinalIgnoreCase)
            || (auto && Options.MaskModel is null && !_shelf.Models().Any(model => IsAutomatic(model, "mask"))))
        {
            return new GrabCutSegmenter();
        }

        if (!TryResolve(name, "mask", Options.MaskModel, out ShelvedModel? found, out problem)
            || !TryOpen(found!.Name, found.Path, out ModelHandle? handle, out problem))
        {
            return new GrabCutSegmenter();
        }

        if (auto && handle!.Model.WarmRun > Options.SlowestAutomaticMask.TotalMilliseconds)
        {
            problem = $"{found.Name} takes {handle.Model.WarmRun:F0} ms on {Providers.Name(handle.Model.Provider)}: choose it by name, or keep {GrabCutSegmenter.ModelName}";
            handle.Dispose();
            return new GrabCutSegmenter();
        }

        return TrySegmenter(found, handle!, out ISegmenter? segmenter, out problem) ? segmenter! : new GrabCutSegmenter();
    }

    /// <summary>A model that gives a class for every place; null with the reason where there is none.</summary>
    public SemanticSegmenter? OpenSemantic(string name, out string? problem)
    {
        if (!TryResolve(name, "segment", null, out ShelvedModel? found, out problem)
            || !TryOpen(found!.Name, found.Path, out ModelHandle? handle, out problem))
        {
            return null;
        }

        if (handle!.Model.Kind is ModelKind.Semantic)
        {
            return new SemanticSegmenter(handle);
        }

        problem = $"{found.Name} gives no class map: its task is {handle.Model.Kind.Task}";
        handle.Dispose();
        return null;
    }

    /// <summary>
    /// Loads a model's file anew, in the caller's time, and swaps it in for all rooms between two pictures. False with
    /// the reason where the new file does not stand; the old model goes on then.
    /// </summary>
    public bool TryReload(string name, out string? problem)
    {
        ModelSlot? slot;
        lock (_gate)
        {
            slot = _slots.Values.FirstOrDefault(candidate => ModelName.Same(candidate.Name, name) && candidate.Current is not null);
        }

        if (slot is null)
        {
            problem = $"{name} is not loaded";
            return false;
        }

        return slot.TryReload(out problem);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (ModelSlot slot in _slots.Values)
            {
                slot.Unload();
            }

            _slots.Clear();
            _idle.Clear();
        }
    }

    internal void Closed(ModelSlot slot)
    {
        lock (_gate)
        {
            if (--slot.Handles > 0)
            {
                return;
            }

            _idle.Add(slot);
            while (_idle.Count > Options.IdleModelsKept)
            {
                _idle[0].Unload();
                _idle.RemoveAt(0);
            }
        }
    }

    private bool TrySegmenter(ShelvedModel found, ModelHandle handle, out ISegmenter? segmenter, out string? problem)
    {
        problem = handle.Problem;
        segmenter = null;
        switch (handle.Model.Kind)
        {
            case ModelKind.Semantic:
                segmenter = new SemanticSegmenter(handle);
                return true;
            case ModelKind.Detector { Layout: YoloV8Layout { Coefficients: > 0 } }:
                segmenter = new PrototypeSegmenter(handle);
                return true;
            case ModelKind.SamWhole:
                segmenter = new SamSegmenter(found.Name, handle, null);
                return true;
            case ModelKind.SamEncoder when found.DecoderPath is null:
                problem = $"{found.Name} is an encoder without its decoder: put both into {Options.Directory}, named alike";
                break;
            case ModelKind.SamEncoder when TryOpen(found.Name + ".decoder", found.DecoderPath, out ModelHandle? decoder, out problem):
                if (decoder!.Model.Kind is ModelKind.SamDecoder)
                {
                    segmenter = new SamSegmenter(found.Name, handle, decoder);
                    return true;
                }

                problem = $"{found.DecoderPath} is no decoder";
                decoder.Dispose();
                break;
            case ModelKind.SamEncoder:
                break;
            default:
                problem = $"{found.Name} gives no masks";
                break;
        }

        handle.Dispose();
        return false;
    }

    private bool TryOpen(string name, string path, out ModelHandle? handle, out string? problem)
    {
        handle = null;
        if (_loader is null)
        {
            problem = RuntimeProblem;
            return false;
        }

        ModelSlot slot = Slot(name, path);
        if (!slot.TryAcquire(out LoadedModel? model, out problem))
        {
            Closed(slot);
            return false;
        }

        handle = new ModelHandle(this, slot, model!);
        return true;
    }

    private ModelSlot Slot(string name, string path)
    {
        lock (_gate)
        {
            if (!_slots.TryGetValue(path, out ModelSlot? slot))
            {
                _slots.Add(path, slot = new ModelSlot(name, path, _loader!, _wish));
            }

            slot.Handles++;
            _idle.Remove(slot);
            return slot;
        }
    }

    /// <summary>From a name that anybody may send to a file; only the owner's own choice may be a path.</summary>
    private bool TryResolve(string name, string task, string? chosen, out ShelvedModel? found, out string? problem)
    {
        problem = null;
        if (name.Equals(Auto, StringComparison.OrdinalIgnoreCase))
        {
            if (string.IsNullOrEmpty(chosen) || chosen.Equals(Auto, StringComparison.OrdinalIgnoreCase))
            {
                found = _shelf.Models().FirstOrDefault(model => IsAutomatic(model, task));
                problem = found is null ? $"no model for '{task}' in {Options.Directory}: rtc models pull {Catalogue.Default}" : null;
                return found is not null;
            }

            if (File.Exists(chosen) && chosen.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase))
            {
                string path = Path.GetFullPath(chosen);
                found = new ShelvedModel(Path.GetFileNameWithoutExtension(path), path, null, task, "unknown", false, false, new FileInfo(path).Length, null);
                return true;
            }

            name = chosen;
        }

        found = ModelName.IsValid(name) ? _shelf.Find(name) : null;
        if (found is null)
        {
            problem = $"no model named {Printable(name)} in {Options.Directory}"
                + (Catalogue.Find(name) is { } known ? $": rtc models pull {known.Name}" : string.Empty);
        }

        return found is not null;
    }

    /// <summary>May be taken without being asked for: of that task, whole, and free of a copyleft licence.</summary>
    private static bool IsAutomatic(ShelvedModel model, string task) => model.Task == task && !model.Copyleft && model.Problem is null;

    private static string Printable(string name)
    {
        const int longest = 64;
        string plain = new([.. name.Take(longest).Select(letter => char.IsControl(letter) ? '?' : letter)]);
        return $"'{plain}'";
    }

    private ModelInfo Describe(ShelvedModel model)
    {
        ModelSlot? slot;
        lock (_gate)
        {
            _slots.TryGetValue(model.Path, out slot);
        }

        LoadedModel? loaded = slot?.Current;
        return new ModelInfo(
            model.Name,
            loaded?.Kind.Task ?? model.Task,
            Licence(model.Licence, model.Copyleft),
            true,
            model.Bytes,
            loaded is null ? null : Providers.Name(loaded.Provider),
            slot?.Problem ?? model.Problem);
    }

    private static string Licence(string licence, bool copyleft) => copyleft ? $"{licence} (copyleft)" : licence;

    private static LoadedModelReport Report(ModelSlot slot)
    {
        LoadedModel model = slot.Current!;
        return new LoadedModelReport(
            slot.Name, model.Kind.Task, Providers.Name(model.Provider), slot.Problem, slot.Handles, model.FileBytes, model.TogetherBytes, model.FirstRun, model.WarmRun, model.Turns.Runs, model.Turns.Images);
    }
}

/// <summary>A loaded model as health and metrics show it; times in milliseconds.</summary>
/// <param name="Name">As rooms know it.</param>
/// <param name="Task">detect, mask or segment.</param>
/// <param name="Provider">What runs it.</param>
/// <param name="Problem">Why a better provider, or a newer file, is not at work.</param>
/// <param name="Handles">Rooms that hold it.</param>
/// <param name="WeightBytes">Size of its file.</param>
/// <param name="SharedBytes">Memory for runs of several pictures.</param>
/// <param name="FirstRun">The first run, which compiles and allocates.</param>
/// <param name="WarmRun">The run after it.</param>
/// <param name="Runs">Since it was loaded.</param>
/// <param name="Images">Pictures in those runs.</param>
public sealed record LoadedModelReport(
    string Name, string Task, string Provider, string? Problem, int Handles, long WeightBytes, long SharedBytes, double FirstRun, double WarmRun, long Runs, long Images);
