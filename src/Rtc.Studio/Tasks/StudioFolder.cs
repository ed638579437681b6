namespace Rtc.Studio.Tasks;

/// <summary>
/// The files of tasks, a folder each, named by the task: the clip that came with it and what was made of it. They are cleared away
/// some hours after they were last written.
/// </summary>
public sealed class StudioFolder(string root)
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

    public string Root => root;

    public string Of(Guid task) => Path.Combine(root, task.ToString());

    public string ClipOf(Guid task) => Path.Combine(Of(task), Clip);

    /// <summary>How clients reach a file of a task.</summary>
    public static string Url(Guid task, string name) => $"/uploads/{task}/{name}";

    /// <summary>A file that clients may have, with its type; null for any other name and where it is not there yet.</summary>
    public (string Path, string Type)? Find(Guid task, string name) =>
        s_types.TryGetValue(name, out string? type) && Path.Combine(Of(task), name) is { } file && File.Exists(file) ? (file, type) : null;

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
    public void Sweep(DateTimeOffset before)
    {
        if (!Directory.Exists(root))
        {
            return;
        }

        foreach (DirectoryInfo folder in new DirectoryInfo(root).EnumerateDirectories())
        {
            if (Guid.TryParse(folder.Name, out Guid task) && LastWrite(folder) < before.UtcDateTime)
            {
                Delete(task);
            }
        }
    }

    private static DateTime LastWrite(DirectoryInfo folder) =>
        folder.EnumerateFiles().Select(file => file.LastWriteTimeUtc).Append(folder.LastWriteTimeUtc).Max();
}
