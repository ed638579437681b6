using Rtc.Inference.Catalogue;

namespace Rtc.Inference.Hosting;

/// <summary>From a name that anybody may send to a file; only the owner's own choice may be a path.</summary>
internal sealed class ModelChoice(ModelDirectory directory, ModelCatalogue catalogue, string folder)
{
    /// <summary>Whether there is one for that task that may be taken without being asked for.</summary>
    public bool HasAutomatic(string task) => directory.Models().Any(model => IsAutomatic(model, task));

    /// <param name="name">A name, or "auto".</param>
    /// <param name="task">What "auto" has to be good for.</param>
    /// <param name="chosen">What the owner means by "auto"; null for the best on hand.</param>
    /// <param name="found">Where it lies.</param>
    /// <param name="problem">Why there is none.</param>
    public bool TryResolve(string name, string task, string? chosen, out ShelvedModel? found, out string? problem)
    {
        problem = null;
        if (name.Equals(ModelHost.Auto, StringComparison.OrdinalIgnoreCase))
        {
            if (string.IsNullOrEmpty(chosen) || chosen.Equals(ModelHost.Auto, StringComparison.OrdinalIgnoreCase))
            {
                found = directory.Models().FirstOrDefault(model => IsAutomatic(model, task));
                problem = found is null ? $"no model for '{task}' in {folder}: rtc models pull {catalogue.Default}" : null;
                return found is not null;
            }

            if (ModelDirectory.IsFile(chosen))
            {
                string path = Path.GetFullPath(chosen);
                found = directory.Models().FirstOrDefault(model => model.Path == path)
                    ?? new ShelvedModel(
                        ModelName.Of(Path.GetFileNameWithoutExtension(path)), path, null, task, "unknown", false, false,
                        new FileInfo(path).Length, null) { IsGiven = true };
                return true;
            }

            name = chosen;
        }

        found = ModelName.IsValid(name) ? directory.Find(name) : null;
        if (found is null)
        {
            problem = $"no model named {Printable(name)} in {folder}"
                + (catalogue.Find(name) is { } known ? $": rtc models pull {known.Name}" : string.Empty);
        }

        return found is not null;
    }

    /// <summary>The model of a profile.</summary>
    public bool TryResolve(SegmentProfile profile, out ShelvedModel? model, out string? problem)
    {
        if (string.IsNullOrEmpty(profile.Model))
        {
            (model, problem) = (null, $"no model is set for it ({profile.Option})");
            return false;
        }

        if (!TryResolve(ModelHost.Auto, "segment", profile.Model, out model, out problem))
        {
            problem = $"{problem} ({profile.Option})";
            return false;
        }

        return true;
    }

    /// <summary>May be taken without being asked for: of that task, whole, free of a copyleft licence, given for nothing else.</summary>
    private static bool IsAutomatic(ShelvedModel model, string task) =>
        model.Task == task && !model.Copyleft && model.Problem is null && !model.IsGiven;

    private static string Printable(string name)
    {
        const int longest = 64;
        string plain = new([.. name.Take(longest).Select(letter => char.IsControl(letter) ? '?' : letter)]);
        return $"'{plain}'";
    }
}
