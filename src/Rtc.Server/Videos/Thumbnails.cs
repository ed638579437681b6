using Rtc.Jobs;
using Rtc.Media.Containers;
using Rtc.Media.Containers.Reading;
using Rtc.Store.Videos;

namespace Rtc.Server.Videos;

/// <summary>
/// Small pictures of videos, made when somebody first asks and kept beside the file: GUID.mp4.jpg, empty where the file has none.
/// One is made at a time, and none while live rooms lack what it would take.
/// </summary>
internal sealed class Thumbnails(Uploads files, IJobPace pace) : IDisposable
{
    public const string Ending = ".jpg";

    private const string Half = ".half";
    private const int MaxSide = 480;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _making = new(1);

    /// <summary>The name of a video's thumbnail beside its file.</summary>
    public static string NameOf(string file) => file + Ending;

    /// <summary>Null where none can be had now; a file without bytes where there never is one.</summary>
    public async Task<FileInfo?> FindAsync(Video video, CancellationToken cancel)
    {
        string at = files.FileOf(NameOf(video.File));
        if (new FileInfo(at) is { Exists: true } made)
        {
            return made;
        }

        if (pace.Current == JobPace.Paused || !await _making.WaitAsync(s_patience, cancel))
        {
            return null;
        }

        try
        {
            made = new FileInfo(at);
            return made.Exists ? made : await Task.Run(() => Make(files.FileOf(video.File), at, cancel), cancel);
        }
        finally
        {
            _making.Release();
        }
    }

    public void Dispose() => _making.Dispose();

    private static FileInfo? Make(string video, string at, CancellationToken cancel)
    {
        (byte[]? jpeg, ContainerRefusal? refusal) = Thumbnail.Read(video, MaxSide, Thumbnail.Limits, cancel);
        if (jpeg is null && IsPassing(refusal!.Error))
        {
            return null;
        }

        // Under another name until it is whole: a request meanwhile would be sent half a picture. What a kill leaves of it is swept.
        string half = Path.ChangeExtension(video, Half);
        try
        {
            File.WriteAllBytes(half, jpeg ?? []);
            File.Move(half, at, overwrite: true);
            return new FileInfo(at);
        }
        catch (IOException error) when (DiskFull.Is(error))
        {
            File.Delete(half);
            return null;
        }
    }

    /// <summary>What says nothing of the file itself: asked again, it may go well. What took too long once would again.</summary>
    private static bool IsPassing(ContainerError error) => error is ContainerError.NoProgram or ContainerError.Storage;
}
