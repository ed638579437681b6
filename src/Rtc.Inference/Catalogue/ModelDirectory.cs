using System.Diagnostics;
using System.Globalization;
using Rtc.Inference.Onnx;

namespace Rtc.Inference.Catalogue;

/// <summary>A model that lies in the folder: one file, or an encoder and its decoder.</summary>
internal sealed record ShelvedModel(
    string Name, string Path, string? DecoderPath, string Task, string Licence, bool Copyleft, bool Known, long Bytes, string? Problem)
{
    /// <summary>By an option of the owner's, wherever it lies.</summary>
    public bool IsGiven { get; init; }
}

/// <summary>
/// Looks over the folder of models and the files that options name: names, pairs, tasks and licences, from the catalogue and the
/// files' own heads.
/// </summary>
/// <param name="directory">The folder.</param>
/// <param name="catalogue">What is known of models by their names.</param>
/// <param name="given">Paths of the owner's choice; those that are no file are names.</param>
internal sealed class ModelDirectory(string directory, ModelCatalogue catalogue, IReadOnlyList<string>? given = null)
{
    private static readonly TimeSpan s_fresh = TimeSpan.FromSeconds(2);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (DateTime Written, long Size, OnnxHeader? Header, string? Problem)> _heads = [];
    private volatile IReadOnlyList<ShelvedModel> _listed = [];
    private long _listedAt;
    private int _listing;

    /// <summary>
    /// What lay there when somebody last looked. Reads nothing itself: where that is a while ago, a thread of the pool looks
    /// again, so that whoever asks next knows.
    /// </summary>
    public IReadOnlyList<ShelvedModel> Listed
    {
        get
        {
            if (Stopwatch.GetElapsedTime(Volatile.Read(ref _listedAt)) > s_fresh && Interlocked.Exchange(ref _listing, 1) == 0)
            {
                ThreadPool.QueueUserWorkItem(static shelf => shelf.Refresh(), this, preferLocal: false);
            }

            return _listed;
        }
    }

    /// <summary>Catalogue models first and in its order, then whatever else lies there, by name.</summary>
    public IReadOnlyList<ShelvedModel> Models()
    {
        IReadOnlyList<ShelvedModel> models = Look();
        _listed = models;
        Volatile.Write(ref _listedAt, Stopwatch.GetTimestamp());
        return models;
    }

    /// <summary>Looks again, for <see cref="Listed"/>.</summary>
    public void Refresh()
    {
        try
        {
            Models();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A file that went while it was looked at, or a disk that is away: what was known stands until the next look.
            Volatile.Write(ref _listedAt, Stopwatch.GetTimestamp());
        }
        finally
        {
            Volatile.Write(ref _listing, 0);
        }
    }

    private IReadOnlyList<ShelvedModel> Look()
    {
        List<ShelvedModel> models = [];
        string[] files = !Directory.Exists(directory)
            ? []
            :
            [
                .. Directory.EnumerateFiles(directory, "*.onnx").Where(file => ModelName.IsValid(Path.GetFileName(file)))
                    .Order(StringComparer.Ordinal)
            ];
        foreach (string file in files)
        {
            string name = Path.GetFileNameWithoutExtension(file);
            if (IsPart(name) && Kind(file) != GraphKind.None)
            {
                models.Add(Describe(name, file, null));
                continue;
            }

            if (name.Contains("decoder", StringComparison.OrdinalIgnoreCase) && files.Any(other => IsPair(other, file)))
            {
                continue;
            }

            string? decoder =
                name.Contains("encoder", StringComparison.OrdinalIgnoreCase) ? files.FirstOrDefault(other => IsPair(file, other)) : null;
            models.Add(Describe(decoder is null ? name : PairName(name), file, decoder));
        }

        foreach (string path in given ?? [])
        {
            if (IsFile(path) && Path.GetFullPath(path) is var file && !models.Any(model => model.Path == file || model.DecoderPath == file))
            {
                models.Add(Describe(FreeName(file, models), file, null) with { IsGiven = true });
            }
        }

        return [.. models.OrderBy(model => Rank(model.Name))];
    }

    /// <summary>A model's file that the owner names by its path.</summary>
    internal static bool IsFile(string path) => path.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase) && File.Exists(path);

    /// <summary>What a given file is called: its own name where a model may bear it and none of the folder does.</summary>
    private static string FreeName(string file, List<ShelvedModel> models)
    {
        string name = ModelName.Of(Path.GetFileNameWithoutExtension(file));
        string free = name;
        for (int i = 2; models.Any(model => ModelName.Same(model.Name, free)); i++)
        {
            free = string.Create(CultureInfo.InvariantCulture, $"{name}-{i}");
        }

        return free;
    }

    /// <summary>Models of clips, by name.</summary>
    public IEnumerable<(string Path, GraphKind Kind, OnnxHeader Header, bool IsCopyleft)> Graphs()
    {
        foreach (ShelvedModel model in Models())
        {
            if (model.DecoderPath is null && Head(model.Path).Header is { } header
                && GraphKinds.Of(header) is var kind and not GraphKind.None)
            {
                yield return (model.Path, kind, header, model.Copyleft);
            }
        }
    }

    public ShelvedModel? Find(string name) => Models().FirstOrDefault(model => ModelName.Same(model.Name, name));

    /// <summary>
    /// The file of a model, or of one half of a pair by its own name or the pair's with its part; null where there is none.
    /// Only what was listed is ever found.
    /// </summary>
    public string? FindFile(string name)
    {
        foreach (ShelvedModel model in Models())
        {
            if (Names(model.Name, model.Path, "-encoder", name) || ModelName.Same(model.Name, name))
            {
                return model.Path;
            }

            if (model.DecoderPath is { } decoder && Names(model.Name, decoder, "-decoder", name))
            {
                return decoder;
            }
        }

        return null;
    }

    private static bool Names(string model, string path, string part, string name) =>
        ModelName.Same(Path.GetFileNameWithoutExtension(path), name) || ModelName.Same(model + part, name);

    private int Rank(string name)
    {
        for (int i = 0; i < catalogue.Entries.Count; i++)
        {
            if (ModelName.Same(catalogue.Entries[i].Name, name))
            {
                return ModelName.Same(name, catalogue.Default) ? -1 : i;
            }
        }

        return int.MaxValue;
    }

    private ShelvedModel Describe(string name, string file, string? decoder)
    {
        long bytes = new FileInfo(file).Length + (decoder is null ? 0 : new FileInfo(decoder).Length);
        if (Path.GetDirectoryName(Path.GetFullPath(file)) == Path.GetFullPath(directory).TrimEnd(Path.DirectorySeparatorChar)
            && catalogue.Find(name) is { } entry)
        {
            return new ShelvedModel(entry.Name, file, decoder, entry.Task, entry.Licence, entry.Copyleft, true, bytes, null);
        }

        (OnnxHeader? header, string? problem) = Head(file);
        string licence = header?.Licence ?? "unknown";
        return new ShelvedModel(
            name, file, decoder, header is null ? "unknown" : decoder is null ? Task(header) : "mask", licence, IsCopyleft(licence), false,
            bytes, problem);
    }

    /// <summary>
    /// The head of a model's file, read once as long as the file stays what it is; null with the reason where it can't be read.
    /// </summary>
    public (OnnxHeader? Header, string? Problem) Head(string file)
    {
        FileInfo info = new(file);
        long size = info.Exists ? info.Length : -1;
        lock (_gate)
        {
            if (_heads.TryGetValue(file, out var known) && known.Written == info.LastWriteTimeUtc && known.Size == size)
            {
                return (known.Header, known.Problem);
            }
        }

        bool read = OnnxHeader.TryRead(file, out OnnxHeader header, out string? problem);
        lock (_gate)
        {
            _heads[file] = (info.LastWriteTimeUtc, size, read ? header : null, problem);
        }

        return (read ? header : null, problem);
    }

    private GraphKind Kind(string file) => Head(file).Header is { } header ? GraphKinds.Of(header) : GraphKind.None;

    /// <summary>Only such a name is looked into before it is known whether it is half of a pair.</summary>
    private static bool IsPart(string name) =>
        name.Contains("encoder", StringComparison.OrdinalIgnoreCase) || name.Contains("decoder", StringComparison.OrdinalIgnoreCase);

    private static string Task(OnnxHeader header)
    {
        if (GraphKinds.Task(GraphKinds.Of(header)) is { } task)
        {
            return task;
        }

        bool prompts = header.Inputs.Any(input => input.Name.Contains("point_coords", StringComparison.OrdinalIgnoreCase));
        bool embeds = header.Outputs.Any(output => output.Name.Contains("embed", StringComparison.OrdinalIgnoreCase));
        return prompts || embeds ? "mask"
            : header.Outputs.Count == 1 && (header.Outputs[0].Rank == 4
                || (header.Outputs[0].Rank == 3 && header.Outputs[0].Type is TensorType.Int64 or TensorType.Int32)) ? "segment"
            : "detect";
    }

    private static bool IsCopyleft(string licence) => licence.Contains("GPL", StringComparison.OrdinalIgnoreCase);

    private static bool IsPair(string encoder, string decoder) =>
        Path.GetFileName(encoder) is string name && name.Contains("encoder", StringComparison.OrdinalIgnoreCase)
        && name.Replace("encoder", "decoder", StringComparison.OrdinalIgnoreCase)
            .Equals(Path.GetFileName(decoder), StringComparison.OrdinalIgnoreCase);

    private static string PairName(string encoder)
    {
        string name = encoder.Replace("encoder", string.Empty, StringComparison.OrdinalIgnoreCase)
            .Replace("__", "_", StringComparison.Ordinal).Replace("--", "-", StringComparison.Ordinal)
                .Replace("..", ".", StringComparison.Ordinal)
            .Trim('_', '-', '.');
        return name.Length == 0 ? encoder : name;
    }
}
