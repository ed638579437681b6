using Rtc.Inference.Catalogue;
using Rtc.Inference.Layouts;
using Rtc.Inference.Motion;
using Rtc.Inference.Onnx;
using Rtc.Inference.Running;
using Rtc.Inference.Segment;

namespace Rtc.Inference.Hosting;

/// <summary>Describes the models on hand as pages and commands list them, without loading any. Owned by <see cref="ModelHost"/>.</summary>
internal sealed class ModelListing(
    ModelDirectory directory, ModelChoice choice, ModelCatalogue catalogue, ModelSlots slots, FolderNames folders, string? runtimeProblem)
{
    /// <summary>What lies in the folder, what the catalogue could fetch, and the two that need no file.</summary>
    public List<ModelInfo> Models(IReadOnlyList<ShelvedModel> here)
    {
        List<ModelInfo> models = [.. here.Select(Describe)];
        models.AddRange(catalogue.Entries.Where(entry => !here.Any(model => !model.IsGiven && ModelName.Same(model.Name, entry.Name)))
            .Select(entry => new ModelInfo(entry.Name, entry.Task, Licence(entry.Licence, entry.Copyleft), false, entry.Size, null, null)
            {
                Layout = entry.Layout, Suits = HeaderKind.Suits(entry.Task, entry.Layout), Origin = ModelOrigin.Catalogue,
            }));
        models.Add(Embedded(MotionDetector.ModelName, "detect"));
        models.Add(Embedded(GrabCutSegmenter.ModelName, "mask"));
        return models;
    }

    public ProfileInfo Profile(SegmentProfile profile)
    {
        if (!choice.TryResolve(profile, out ShelvedModel? model, out string? problem))
        {
            return new ProfileInfo(profile.Name, null, string.Empty, [], folders.Hide(problem));
        }

        ModelSlot? slot = slots.Find(model!.Path, profile.HalfPrecision);
        if (slot?.Current is { } loaded)
        {
            return new ProfileInfo(profile.Name, model.Name, Licence(model.Licence, model.Copyleft), loaded.ClassNames, null);
        }

        (OnnxHeader? header, string? broken) = directory.Head(model.Path);
        return new ProfileInfo(
            profile.Name,
            model.Name,
            Licence(model.Licence, model.Copyleft),
            header is null ? [] : SemanticNames.Of(header),
            folders.Hide(runtimeProblem ?? slot?.Problem ?? (header is null ? $"{model.Name}: {broken}" : null)));
    }

    private static ModelInfo Embedded(string name, string task) =>
        new(name, task, "Apache-2.0", true, 0, MotionDetector.ProviderName, null)
        {
            Layout = name, Suits = HeaderKind.Suits(task, name), Origin = ModelOrigin.Embedded,
        };

    private ModelInfo Describe(ShelvedModel model)
    {
        ModelSlot? slot = slots.Find(model.Path);
        LoadedModel? loaded = slot?.Current;
        OnnxHeader? header = directory.Head(model.Path).Header;
        HeaderKind? kind = header is null ? null : HeaderKind.Of(header);
        string task = loaded?.Kind.Task ?? kind?.Task ?? model.Task;
        string? layout = LayoutOf(loaded?.Kind) ?? catalogue.Find(model.Name)?.Layout ?? kind?.Layout;
        return new ModelInfo(
            model.Name,
            task,
            Licence(model.Licence, model.Copyleft),
            true,
            model.Bytes,
            loaded is null ? null : Providers.Name(loaded.Provider),
            folders.Hide(slot?.Problem ?? model.Problem))
        {
            Layout = layout,
            InputWidth = kind?.Width,
            InputHeight = kind?.Height,
            Suits = HeaderKind.Suits(task, layout),
            Origin = model.IsGiven ? ModelOrigin.Given
                : model.Known ? ModelOrigin.Catalogue
                : header?.Metadata.ContainsKey(ModelIntake.AddedKey) == true ? ModelOrigin.Added
                : ModelOrigin.Folder,
        };
    }

    private static string? LayoutOf(ModelKind? kind) => kind switch
    {
        null => null,
        ModelKind.Detector detector => detector.Layout.Name,
        ModelKind.Semantic => HeaderKind.Semantic,
        _ => HeaderKind.Sam,
    };

    private static string Licence(string licence, bool copyleft) => copyleft ? $"{licence} (copyleft)" : licence;
}
