using System.Globalization;
using Microsoft.Win32.SafeHandles;
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
    public async Task<long> OffsetAsync(VideoId upload, CancellationToken cancel)
    {
        List<Part> parts = await PartsAsync(upload, cancel);
        return parts.Count > 0 ? parts[^1].End : 0;
    }

    public async Task<string> OpenAsync(VideoId upload, long offset, CancellationToken cancel)
    {
        string path = FolderParts.PartOf(files, upload);
        Directory.CreateDirectory(files.Folder);
        using SafeFileHandle file = File.OpenHandle(
            path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, FileOptions.Asynchronous);
        long held = RandomAccess.GetLength(file);
        if (held > offset)
        {
            // It came here before a kill, and was never promised.
            RandomAccess.SetLength(file, offset);
        }
        else if (held < offset)
        {
            foreach (Part part in (await PartsAsync(upload, cancel)).Where(part => part.End > held))
            {
                await objects.FetchAsync(part.File, file, part.From, cancel);
            }
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
