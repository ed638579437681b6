using Rtc.Jobs;
using Rtc.Media.Containers;
using Rtc.Media.Containers.Reading;
using Rtc.Store.Files;
using Rtc.Store.Videos;

namespace Rtc.Server.Videos;

/// <summary>
/// Small pictures of videos, made when somebody first asks and kept beside the file: GUID.mp4.jpg, empty where the file has none.
/// One is made at a time, and none while live rooms lack what it would take.
/// </summary>
internal sealed class Thumbnails(VideoFiles files, IJobPace pace) : IDisposable
{
    public const string Ending = ".jpg";

    private const string Half = ".half";
    private const int MaxSide = 480;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _making = new(1);
    private readonly CancellationTokenSource _ending = new();

    /// <summary>The name of a video's thumbnail beside its file.</summary>
    public static string NameOf(string file) => file + Ending;

    /// <summary>
    /// For its caller to dispose of; null where none can be had now, a file without bytes where there never is one.
    /// </summary>
    public async Task<FileCopy?> OpenAsync(Video video, CancellationToken cancel)
    {
        string name = NameOf(video.File);
        if (await files.Store.OpenAsync(name, cancel) is { } made)
        {
            return made;
        }

        if (pace.Current == JobPace.Paused || !await _making.WaitAsync(s_patience, cancel))
        {
            return null;
        }

        try
        {
            return await files.Store.OpenAsync(name, cancel)
                ?? (await MakeAsync(video, name, cancel) ? await files.Store.OpenAsync(name, cancel) : null);
        }
        finally
        {
            _making.Release();
        }
    }

    /// <summary>Makes one now, while the video's file is on this machine: another would fetch the whole file for it.</summary>
    public void MakeSoon(Video video)
    {
        if (files.Store.IsElsewhere)
        {
            _ = Task.Run(() => TryMakeAsync(video));
        }
    }

    public void Dispose()
    {
        _ending.Cancel();
        _ending.Dispose();
        _making.Dispose();
    }

    private async Task TryMakeAsync(Video video)
    {
        try
        {
            (await OpenAsync(video, _ending.Token))?.Dispose();
        }
        catch (Exception error) when (
            error is FilesUnavailableException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            // It is made when somebody asks.
        }
    }

    /// <summary>False where none can be had now.</summary>
    private async Task<bool> MakeAsync(Video video, string name, CancellationToken cancel)
    {
        using FileCopy? copy = await files.Store.OpenAsync(video.File, cancel);
        if (copy is null)
        {
            return false;
        }

        (byte[]? jpeg, ContainerRefusal? refusal) =
            await Task.Run(() => Thumbnail.Read(copy.Path, MaxSide, Thumbnail.Limits, cancel), cancel);
        if (jpeg is null && IsPassing(refusal!.Error))
        {
            return false;
        }

        // Under another name until it is whole: a request meanwhile would be sent half a picture. What a kill leaves of it is swept.
        string half = Path.ChangeExtension(files.PathOf(video.File), Half);
        bool isKept = false;
        try
        {
            Directory.CreateDirectory(files.Folder);
            await File.WriteAllBytesAsync(half, jpeg ?? [], cancel);
            await files.Store.AddAsync(half, name, cancel);
            return isKept = true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The disk is full, or takes nothing: the video plays all the same.
            return false;
        }
        finally
        {
            if (!isKept)
            {
                File.Delete(half);
            }
        }
    }

    /// <summary>What says nothing of the file itself: asked again, it may go well. What took too long once would again.</summary>
    private static bool IsPassing(ContainerError error) => error is ContainerError.NoProgram or ContainerError.Storage;
}
