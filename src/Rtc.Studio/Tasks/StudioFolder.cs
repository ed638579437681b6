using Rtc.Store.Files;

namespace Rtc.Studio.Tasks;

/// <summary>
/// The files of tasks, a folder each, named by the task: the clip that came with it and what was made of it. They are worked on in a
/// folder of this machine, kept where every node finds them, and cleared away some hours after they were last written.
/// </summary>
public sealed class StudioFolder(string root, IFileStore files)
{
    public const string MaskedVideo = "masked_video.mp4";
    public const string HighlightedVideo = "highlighted_video.mp4";
    public const string InpaintedVideo = "inpainted_video.mp4";
    public const string Masks = "masks.json";

    /// <summary>What the masks cut out, for editors.</summary>
    public const string CutOut = "masks.webm";

    // No ending of a container: what it is follows from its bytes.
    private const string Clip = "clip";

    private static readonly Dictionary<string, string> s_types = new(StringComparer.Ordinal)
    {
        [MaskedVideo] = "video/mp4", [HighlightedVideo] = "video/mp4", [InpaintedVideo] = "video/mp4", [Masks] = "application/json",
        [CutOut] = "video/webm",
        ["drums.wav"] = "audio/wav", ["bass.wav"] = "audio/wav", ["vocals.wav"] = "audio/wav", ["other.wav"] = "audio/wav",
    };

    /// <summary>Files that are kept where they are worked on.</summary>
    public StudioFolder(string root)
        : this(root, new FolderFiles(root))
    {
    }

    public string Root => root;

    public string Of(Guid task) => Path.Combine(root, task.ToString());

    public string ClipOf(Guid task) => Path.Combine(Of(task), Clip);

    /// <summary>How clients reach a file of a task.</summary>
    public static string Url(Guid task, string name) => $"/uploads/{task}/{name}";

    /// <summary>The type of a file that clients may have; null for any other name.</summary>
    public static string? TypeOf(string name) => s_types.GetValueOrDefault(name);

    /// <summary>What is known of a file of a task; null where it is not there yet.</summary>
    public Task<StoredFile?> FindAsync(Guid task, string name, CancellationToken cancel = default) =>
        files.FindAsync(NameOf(task, name), cancel);

    /// <summary>Its bytes, from any place on; its caller's to close.</summary>
    public Stream Read(StoredFile file) => files.Read(file);

    /// <summary>The clip that came with a task; null where none came.</summary>
    public Task<FileCopy?> OpenClipAsync(Guid task, CancellationToken cancel) => files.OpenAsync(NameOf(task, Clip), cancel);

    /// <summary>Takes what lies whole in a task's folder to where every node finds it.</summary>
    public async Task KeepAsync(Guid task, CancellationToken cancel)
    {
        foreach (string name in s_types.Keys.Append(Clip))
        {
            if (Path.Combine(Of(task), name) is { } path && File.Exists(path))
            {
                await files.AddAsync(path, NameOf(task, name), cancel).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Makes a task's folder where it is not there yet; halves of files that a killed attempt left go.</summary>
    public void Prepare(Guid task)
    {
        foreach (FileInfo half in Directory.CreateDirectory(Of(task)).EnumerateFiles("*.part"))
        {
            half.Delete();
        }
    }

    public void Delete(Guid task)
    {
        if (Directory.Exists(Of(task)))
        {
            Directory.Delete(Of(task), recursive: true);
        }
    }

    /// <summary>Deletes what was last written before a time.</summary>
    public async Task SweepAsync(DateTimeOffset before, CancellationToken cancel = default)
    {
        if (Directory.Exists(root))
        {
            foreach (DirectoryInfo folder in new DirectoryInfo(root).EnumerateDirectories())
            {
                if (Guid.TryParse(folder.Name, out Guid task) && LastWrite(folder) < before.UtcDateTime)
                {
                    Delete(task);
                }
            }
        }

        if (!files.IsElsewhere)
        {
            return;
        }

        await foreach (StoredFile file in files.ListAsync(cancel).ConfigureAwait(false))
        {
            if (file.WrittenAt < before && Guid.TryParse(Path.GetDirectoryName(file.Name), out _))
            {
                await files.DeleteAsync(file.Name, cancel).ConfigureAwait(false);
            }
        }

        await files.TidyAsync(before, cancel).ConfigureAwait(false);
    }

    private static string NameOf(Guid task, string name) => $"{task}/{name}";

    private static DateTime LastWrite(DirectoryInfo folder) =>
        folder.EnumerateFiles().Select(file => file.LastWriteTimeUtc).Append(folder.LastWriteTimeUtc).Max();
}
