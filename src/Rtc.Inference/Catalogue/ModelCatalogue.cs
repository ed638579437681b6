using System.Reflection;
using System.Text.Json;

namespace Rtc.Inference.Catalogue;

/// <summary>One file of a model: where it may be had, and what it must be.</summary>
public sealed record CatalogueFile(string Name, long Size, string Sha256, IReadOnlyList<Uri> Addresses);

/// <summary>A model that is known by name. <paramref name="Copyleft"/> ones are never chosen by themselves.</summary>
public sealed record CatalogueEntry(
    string Name, string Task, string Layout, string Licence, bool Copyleft, IReadOnlyList<CatalogueFile> Files)
{
    public long Size => Files.Sum(file => file.Size);
}

/// <summary>
/// The models that can be fetched: models/catalogue.json beside the models, else the copy inside of this library.
/// Read once and checked in full; a broken catalogue is an error with the reason.
/// </summary>
public sealed class ModelCatalogue
{
    public const string FileName = "catalogue.json";
    private const int Sha256Digits = 64;

    private ModelCatalogue(string defaultModel, IReadOnlyList<CatalogueEntry> entries)
    {
        Default = defaultModel;
        Entries = entries;
    }

    public string Default { get; }

    /// <summary>In order of preference for each task.</summary>
    public IReadOnlyList<CatalogueEntry> Entries { get; }

    /// <summary>The folder's own catalogue, else the built-in one; a broken one is reported and the built-in used.</summary>
    public static ModelCatalogue Load(string directory, out string? problem)
    {
        problem = null;
        string path = Path.Combine(directory, FileName);
        if (File.Exists(path))
        {
            if (TryParse(File.ReadAllText(path), out ModelCatalogue? own, out string? wrong))
            {
                return own!;
            }

            problem = $"{path}: {wrong}";
        }

        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(FileName)
            ?? throw new InvalidOperationException("the built-in catalogue is missing");
        using StreamReader reader = new(stream);
        return TryParse(reader.ReadToEnd(), out ModelCatalogue? builtIn, out string? broken)
            ? builtIn!
            : throw new InvalidOperationException($"the built-in catalogue is broken: {broken}");
    }

    public static bool TryParse(string json, out ModelCatalogue? catalogue, out string? problem)
    {
        catalogue = null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(
                json, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            JsonElement root = document.RootElement;
            string preferred = root.GetProperty("default").GetString() ?? string.Empty;
            List<CatalogueEntry> entries = [];
            foreach (JsonElement item in root.GetProperty("models").EnumerateArray())
            {
                if (!TryEntry(item, out CatalogueEntry? entry, out problem))
                {
                    return false;
                }

                entries.Add(entry!);
            }

            problem = entries.GroupBy(entry => entry.Name, StringComparer.OrdinalIgnoreCase)
                .FirstOrDefault(group => group.Count() > 1) is { } twice
                ? $"{twice.Key} is there twice"
                : entries.FirstOrDefault(entry => entry.Name == preferred) is not { } chosen ? $"the default {preferred} is not there"
                : chosen.Copyleft ? $"the default {preferred} has a copyleft licence"
                : null;
            catalogue = problem is null ? new ModelCatalogue(preferred, entries) : null;
            return problem is null;
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            problem = failure.Message;
            return false;
        }
    }

    public CatalogueEntry? Find(string name) => Entries.FirstOrDefault(entry => ModelName.Same(entry.Name, name));

    private static bool TryEntry(JsonElement item, out CatalogueEntry? entry, out string? problem)
    {
        entry = null;
        string name = item.GetProperty("name").GetString() ?? string.Empty;
        List<CatalogueFile> files = [];
        foreach (JsonElement file in item.GetProperty("files").EnumerateArray())
        {
            string fileName = file.GetProperty("name").GetString() ?? string.Empty;
            string sha256 = file.GetProperty("sha256").GetString() ?? string.Empty;
            long size = file.GetProperty("size").GetInt64();
            List<Uri> addresses = [];
            foreach (JsonElement address in file.GetProperty("addresses").EnumerateArray())
            {
                if (!Uri.TryCreate(address.GetString(), UriKind.Absolute, out Uri? uri)
                    || (uri.Scheme != Uri.UriSchemeHttps && !uri.IsLoopback))
                {
                    problem = $"{name}: {address} is no https address";
                    return false;
                }

                addresses.Add(uri);
            }

            if (!ModelName.IsValid(fileName) || !fileName.EndsWith(".onnx", StringComparison.Ordinal) || size <= 0
                || sha256.Length != Sha256Digits || !sha256.All(char.IsAsciiHexDigit) || addresses.Count == 0)
            {
                problem = $"{name}: a file needs a plain name that ends in .onnx, a size, a sha256 and an address";
                return false;
            }

            files.Add(new CatalogueFile(fileName, size, sha256, addresses));
        }

        problem = !ModelName.IsValid(name) ? $"'{name}' is no name for a model" : files.Count == 0 ? $"{name} has no files" : null;
        if (problem is not null)
        {
            return false;
        }

        entry = new CatalogueEntry(
            name,
            item.GetProperty("task").GetString() ?? string.Empty,
            item.GetProperty("layout").GetString() ?? string.Empty,
            item.GetProperty("licence").GetString() ?? string.Empty,
            item.GetProperty("copyleft").GetBoolean(),
            files);
        return true;
    }
}
