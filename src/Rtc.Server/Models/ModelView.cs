using Rtc.Inference;

namespace Rtc.Server.Models;

/// <summary>A model as `/api/models` shows it.</summary>
/// <param name="Name">As rooms and requests name it.</param>
/// <param name="Task">detect, mask or segment, or of clips: stems, fill, find, track.</param>
/// <param name="Licence">As far as it is known.</param>
/// <param name="OnDisk">It can be used now.</param>
/// <param name="Bytes">Of its files.</param>
/// <param name="Provider">What runs it; null where it is not loaded.</param>
/// <param name="Problem">Why it can't be used, or a better provider is not at work.</param>
/// <param name="Layout">The family of its outputs; null where only loading it would tell.</param>
/// <param name="InputWidth">Of the picture that it takes; null where that is free or unknown.</param>
/// <param name="InputHeight">As above.</param>
/// <param name="Suits">detect, mask, classes.</param>
/// <param name="Origin">catalogue, folder, added, given or embedded.</param>
/// <param name="Rate">As it was last measured here; null where it was not.</param>
public sealed record ModelView(
    string Name, string Task, string Licence, bool OnDisk, long Bytes, string? Provider, string? Problem, string? Layout, int? InputWidth,
    int? InputHeight, IReadOnlyList<string> Suits, string Origin, ModelRate? Rate)
{
    internal static ModelView Of(ModelInfo model, ModelRates rates) => new(
        model.Name, model.Task, model.Licence, model.OnDisk, model.Bytes, model.Provider, model.Problem, model.Layout, model.InputWidth,
        model.InputHeight, model.Suits, model.Origin, rates.Find(model.Name));
}
