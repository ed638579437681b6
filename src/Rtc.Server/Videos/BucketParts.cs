using System.Globalization;
using Rtc.Store.Buckets;
using Rtc.Store.Files;
using Rtc.Store.Videos;

namespace Rtc.Server.Videos;

/// <summary>
/// Uploads whose parts any node may take: each is an object of its own as soon as it has come, and the node that takes the next one
/// fetches what it lacks.
/// </summary>
internal sealed class BucketParts(VideoFiles files, BucketObjects objects, UploadTable uploads) : IUploadParts
{
    private const int BufferBytes = 128 * 1024;

    public async Task<long> OffsetAsync(VideoId upload, CancellationToken cancel)
    {
        List<Part> parts = await PartsAsync(upload, cancel);
        return parts.Count > 0 ? parts[^1].End : 0;
    }

    public async Task<string> OpenAsync(VideoId upload, long offset, CancellationToken cancel)
    {
        string path = FolderParts.PartOf(files, upload);
        Directory.CreateDirectory(files.Folder);
        try
        {
            await using var file = new FileStream(
                path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous);
            long held = file.Length;
            if (held > offset)
            {
                // It came here before a kill, and was never promised.
                file.SetLength(offset);
            }
            else if (held < offset)
            {
                await FetchAsync([.. (await PartsAsync(upload, cancel)).Where(part => part.End > held)], file, cancel);
            }
        }
        catch (IOException error)
        {
            throw DiskFull.Is(error) ? Uploads.NoDisk()
                : new FilesUnavailableException("What another node took of it can't be fetched: " + error.Message, error);
        }

        return path;
    }

    public async Task KeepAsync(VideoId upload, long from)
    {
        string path = FolderParts.PartOf(files, upload);
        if (new FileInfo(path) is { Exists: true } file && file.Length > from)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"{upload}/{from:D15}");
            await objects.PutAsync(name, path, from, file.Length - from);
        }
    }

    public async Task DropAsync(VideoId upload)
    {
        File.Delete(FolderParts.PartOf(files, upload));
        await foreach (StoredFile part in objects.ListAsync(upload + "/"))
        {
            await objects.DeleteAsync(part.Name);
        }
    }

    public async Task SweepAsync(DateTimeOffset before)
    {
        HashSet<Guid> old = [];
        await foreach (StoredFile part in objects.ListAsync(string.Empty))
        {
            if (part.WrittenAt < before && Guid.TryParse(Path.GetDirectoryName(part.Name), out Guid upload))
            {
                old.Add(upload);
            }
        }

        old.ExceptWith(await uploads.IdsAmongAsync(old));
        foreach (Guid upload in old)
        {
            await DropAsync(new VideoId(upload));
        }

        await objects.AbortAsync(before);
    }

    /// <summary>
    /// One byte after the other: how long the file is says how much of it is here, whatever ends this, and a hole would go into the video.
    /// </summary>
    private async Task FetchAsync(List<Part> parts, FileStream to, CancellationToken cancel)
    {
        foreach (Part part in parts)
        {
            await using Stream from = objects.Read(part.File);
            to.Position = part.From;
            await from.CopyToAsync(to, BufferBytes, cancel);
        }
    }

    /// <summary>Those that follow each other without a gap.</summary>
    private async Task<List<Part>> PartsAsync(VideoId upload, CancellationToken cancel)
    {
        SortedList<long, StoredFile> all = [];
        await foreach (StoredFile file in objects.ListAsync(upload + "/", cancel))
        {
            if (long.TryParse(Path.GetFileName(file.Name), NumberStyles.None, CultureInfo.InvariantCulture, out long from))
            {
                all[from] = file;
            }
        }

        List<Part> parts = [];
        foreach ((long from, StoredFile file) in all)
        {
            if (from == (parts.Count > 0 ? parts[^1].End : 0))
            {
                parts.Add(new Part(from, file));
            }
        }

        return parts;
    }

    private readonly record struct Part(long From, StoredFile File)
    {
        public long End => From + File.Length;
    }
}
