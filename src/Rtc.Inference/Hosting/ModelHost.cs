using Rtc.Inference.Catalogue;
using Rtc.Inference.Detect;
using Rtc.Inference.Graphs;
using Rtc.Inference.Layouts;
using Rtc.Inference.Motion;
using Rtc.Inference.Onnx;
using Rtc.Inference.Running;
using Rtc.Inference.Segment;

namespace Rtc.Inference.Hosting;

/// <summary>
/// Every model of the process: opens what a room asks for by name, and falls back to the embedded detector or GrabCut
/// with a reason. Owned by the program; any thread may call it.
/// </summary>
public sealed class ModelHost : IModelHost, IGraphHost
{
    public const string Auto = "auto";

    private readonly OrtRuntime? _runtime;
    private readonly ModelSlots _slots;
    private readonly GraphSessions _graphs;
    private readonly ModelDirectory _directory;
    private readonly ModelChoice _choice;
    private readonly FolderNames _folders;
    private readonly ModelListing _listing;
    private int _arrivals;

    public ModelHost(ModelHostOptions options)
    {
        Options = options;
        Provider requested = options.RequestedProvider;
        _slots = OrtRuntime.TryLoad(options.RuntimeLibrary, out _runtime, out string? problem)
            ? new ModelSlots(new ModelLoader(_runtime!, options), requested, options)
            : new ModelSlots(null, requested, options);
        _graphs = new GraphSessions(_runtime, options);
        RuntimeProblem = problem;
        Catalogue = ModelCatalogue.Load(options.Directory, out string? broken);
        CatalogueProblem = broken;
        string?[] given = [options.Model, options.MaskModel, .. options.Profiles.Select(profile => profile.Model)];
        _directory = new ModelDirectory(options.Directory, Catalogue, [.. given.OfType<string>()]);
        _folders = new FolderNames(options, given);
        _directory.Refresh();
        _choice = new ModelChoice(_directory, Catalogue, options.Directory);
        _listing = new ModelListing(_directory, _choice, Catalogue, _slots, _folders, RuntimeProblem);
    }

    public ModelHostOptions Options { get; }

    /// <summary>Null where ONNX Runtime could not be loaded; then <see cref="RuntimeProblem"/> says why.</summary>
    public OrtRuntime? Runtime => _runtime;

    public string? RuntimeProblem { get; }

    public ModelCatalogue Catalogue { get; }

    /// <summary>Why the folder's own catalogue was not used.</summary>
    public string? CatalogueProblem { get; }

    /// <summary>What lies in the folder, what the catalogue could fetch, and the two that need no file.</summary>
    public IReadOnlyList<ModelInfo> Models => _listing.Models(_directory.Models());

    /// <inheritdoc/>
    public IReadOnlyList<ModelInfo> Listed => _listing.Models(_directory.Listed);

    /// <summary>What is loaded now, for health and metrics.</summary>
    public IReadOnlyList<LoadedModelReport> Loaded => _slots.Loaded;

    /// <inheritdoc/>
    public IReadOnlyList<GraphFile> Graphs =>
    [
        .. _directory.Graphs().Select(found => new GraphFile(
            Path.GetFileNameWithoutExtension(found.Path), found.Path, found.Kind, found.Header.Inputs, found.Header.Outputs,
            found.Header.Metadata, found.IsCopyleft)),
    ];

    /// <inheritdoc/>
    public ModelGraph? OpenGraph(GraphFile file, out string? problem)
    {
        ModelGraph? graph = _graphs.Open(file, out problem);
        problem = _folders.Hide(problem ?? (graph is null ? RuntimeProblem : null));
        return graph;
    }

    /// <inheritdoc/>
    public string? FindFile(string name) => _directory.FindFile(name);

    /// <inheritdoc/>
    public int Arrivals => Volatile.Read(ref _arrivals);

    /// <summary>A file is gone: another one of its name is another model.</summary>
    internal void Drop(string file) => _slots.Drop(file);

    /// <summary>A model came into the folder, or went from it.</summary>
    public void OnModelArrived()
    {
        _directory.Refresh();
        Interlocked.Increment(ref _arrivals);
    }

    /// <inheritdoc/>
    public IDetector OpenDetector(string name, out string? problem)
    {
        IDetector detector = Detector(name, out problem);
        problem = _folders.Hide(problem);
        return detector;
    }

    /// <summary>
    /// A segmenter of that name; "auto" is the best mask model on hand that is quick enough, else GrabCut. A detector
    /// with masks and a semantic model serve too.
    /// </summary>
    public ISegmenter OpenSegmenter(string name, out string? problem)
    {
        ISegmenter segmenter = Segmenter(name, out problem);
        problem = _folders.Hide(problem);
        return segmenter;
    }

    /// <inheritdoc/>
    public IClassMapper? OpenClasses(string profile, out string? problem)
    {
        IClassMapper? mapper = Mapper(profile, out problem);
        problem = _folders.Hide(problem);
        return mapper;
    }

    private IDetector Detector(string name, out string? problem)
    {
        if (name.Equals(MotionDetector.ModelName, StringComparison.OrdinalIgnoreCase)
            || (name.Equals(Auto, StringComparison.OrdinalIgnoreCase)
                && MotionDetector.ModelName.Equals(Options.Model, StringComparison.OrdinalIgnoreCase)))
        {
            problem = null;
            return new MotionDetector();
        }

        if (!_choice.TryResolve(name, "detect", Options.Model, out ShelvedModel? found, out problem)
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

    private ISegmenter Segmenter(string name, out string? problem)
    {
        problem = null;
        bool auto = name.Equals(Auto, StringComparison.OrdinalIgnoreCase);
        if (name.Equals(EllipseSegmenter.ModelName, StringComparison.OrdinalIgnoreCase))
        {
            return new EllipseSegmenter();
        }

        if (name.Equals(GrabCutSegmenter.ModelName, StringComparison.OrdinalIgnoreCase)
            || (auto && Options.MaskModel is null && !_choice.HasAutomatic("mask")))
        {
            return new GrabCutSegmenter();
        }

        if (!_choice.TryResolve(name, "mask", Options.MaskModel, out ShelvedModel? found, out problem)
            || !TryOpen(found!.Name, found.Path, out ModelHandle? handle, out problem))
        {
            return new GrabCutSegmenter();
        }

        if (auto && handle!.Model.WarmRun > Options.MaxAutomaticMaskTime.TotalMilliseconds)
        {
            problem =
                $"{found.Name} takes {handle.Model.WarmRun:F0} ms on {Providers.Name(handle.Model.Provider)}: choose it by name, or keep "
                    + $"{GrabCutSegmenter.ModelName}";
            handle.Dispose();
            return new GrabCutSegmenter();
        }

        return TrySegmenter(found, handle!, out ISegmenter? segmenter, out problem) ? segmenter! : new GrabCutSegmenter();
    }

    /// <summary>Why a session can't be set up for this provider here; null where it can. That it also runs only a model tells.</summary>
    public string? ProviderError(string name)
    {
        if (_runtime is null || !Providers.TryParse(name, out Provider provider) || provider is Provider.Auto)
        {
            return _runtime is null ? RuntimeProblem : null;
        }

        try
        {
            using Microsoft.ML.OnnxRuntime.SessionOptions setup = SessionSetup.Create(new SessionOptions { Provider = provider });
            return null;
        }
        catch (Exception error) when (
            error is Microsoft.ML.OnnxRuntime.OnnxRuntimeException or DllNotFoundException or EntryPointNotFoundException)
        {
            return ModelLoader.Short(error.Message);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<ProfileInfo> Profiles =>
    [
        .. Options.Profiles.Select(_listing.Profile),
        new ProfileInfo(SegmentProfile.Motion, MotionDetector.ModelName, "Apache-2.0", MotionMapper.Names, null),
    ];

    private IClassMapper? Mapper(string profile, out string? problem)
    {
        problem = null;
        if (profile == SegmentProfile.Motion)
        {
            return new MotionMapper();
        }

        if (Options.Profiles.FirstOrDefault(known => known.Name == profile) is not { } found)
        {
            problem = $"no profile named '{profile}'";
            return null;
        }

        if (!_choice.TryResolve(found, out ShelvedModel? model, out problem)
            || !TryOpen(model!.Name, model.Path, out ModelHandle? handle, out problem, found.HalfPrecision))
        {
            return null;
        }

        if (handle!.Model.Kind is ModelKind.Semantic)
        {
            return new SemanticSegmenter(handle, found.Side, steady: true);
        }

        problem = $"{model.Name} gives no class map: its task is {handle.Model.Kind.Task}";
        handle.Dispose();
        return null;
    }

    /// <summary>
    /// Loads a model's file anew, in the caller's time, and swaps it in for all rooms between two pictures. False with
    /// the reason where the new file does not stand; the old model goes on then.
    /// </summary>
    public bool TryReload(string name, out string? problem) => _slots.TryReload(name, out problem);

    public void Dispose() => _slots.Dispose();

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

    private bool TryOpen(string name, string path, out ModelHandle? handle, out string? problem, bool half = false)
    {
        if (_slots.TryOpen(name, path, out handle, out problem, half))
        {
            return true;
        }

        problem ??= RuntimeProblem;
        return false;
    }
}
