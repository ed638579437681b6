using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Rtc.Analysis.Reframing;
using Rtc.Server.Options;
using Rtc.Store;
using Rtc.Store.Files;
using Rtc.Store.Users;
using Rtc.Store.Videos;

namespace Rtc.Server.Videos;

/// <summary>
/// Takes videos in: streams them to a file named by the server while their hash is taken, and makes them a video once they are whole
/// and their container was read.
/// </summary>
internal sealed class Uploads(
    RtcOptions options, UploadTable uploads, VideoTable videos, VideoFiles files, IUploadParts parts, IVideoProbe probe,
    Thumbnails thumbnails, TimeProvider time)
    : IVideoPlaces
{
    /// <summary>What a file is called that is not whole.</summary>
    public const string Part = ".part";

    /// <summary>As the options and every message count.</summary>
    public const long Megabyte = 1_000_000;

    private const int BufferBytes = 256 * 1024;
    private const int FormBytes = 64 * 1024;

    // One in one go that a kill has cut holds its place no longer; so long may a database be away under one that goes on.
    private static readonly TimeSpan s_lease = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan s_renewEvery = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<VideoId, bool> _atWork = [];

    private long MaxBytes => options.Store.MaxVideoMegabytes * Megabyte;

    /// <summary>
    /// Takes a place for an upload; one of unknown length takes that of the largest. One that comes in parts keeps it for a day, another
    /// for as long as it comes.
    /// </summary>
    public async Task<Upload> BeginAsync(UserId user, string? name, long? length, CancellationToken cancel, bool isInParts = false)
    {
        if (length is < 1)
        {
            throw new UploadException(StatusCodes.Status400BadRequest, "empty", "The video has no bytes.");
        }

        var upload = new Upload(videos.NewId(), user, VideoName.Of(name), length ?? MaxBytes, time.GetUtcNow());
        await TakePlaceAsync(upload, isInParts ? null : s_lease, cancel);
        return upload;
    }

    /// <summary>A video that a job makes has a place as an upload has one: where the job ends without it, that goes after a day.</summary>
    public async Task<string?> KeepAsync(UserId user, VideoId video, string name, long bytes, CancellationToken cancel)
    {
        try
        {
            await TakePlaceAsync(new Upload(video, user, VideoName.Of(name), bytes, time.GetUtcNow()), null, cancel);
            return null;
        }
        catch (UploadException error)
        {
            return error.Message;
        }
    }

    public async Task ReleaseAsync(VideoId video)
    {
        try
        {
            await uploads.DeleteAsync(video);
        }
        catch (StoreUnavailableException)
        {
            // It goes after a day.
        }
    }

    /// <summary>Why a user's next video is refused.</summary>
    internal static string QuotaUsedUp(RtcOptions options) =>
        $"All videos of a user have {options.Store.QuotaMegabytes} MB at most (Store:QuotaMegabytes).";

    /// <summary>The form around a file makes a request a little longer than the largest file may be.</summary>
    public long? WithinForm(long? length) => length > MaxBytes && length <= MaxBytes + FormBytes ? MaxBytes : length;

    /// <summary>How much of it is here.</summary>
    public Task<long> OffsetAsync(VideoId upload, CancellationToken cancel) => parts.OffsetAsync(upload, cancel);

    /// <summary>Takes a video in one go; where that fails nothing of it stays.</summary>
    public async Task<Video> ReceiveAsync(Upload upload, Stream body, CancellationToken cancel)
    {
        await using ITimer renewing = time.CreateTimer(_ => _ = TryRenewAsync(upload.Id), null, s_renewEvery, s_renewEvery);
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            string part = FolderParts.PartOf(files, upload.Id);
            await WriteAsync(upload, part, 0, body, hash, cancel);
            return await FinishAsync(upload, part, Convert.ToHexStringLower(hash.GetHashAndReset()), cancel);
        }
        catch
        {
            await TryDropAsync(upload.Id);
            throw;
        }
    }

    /// <summary>
    /// Goes on with an upload at its offset; the answer is the new one. Null stands for a wrong offset, or for a request that is still
    /// at it. What came before an error stays, so that the client may go on from there.
    /// </summary>
    public async Task<long?> ContinueAsync(Upload upload, long offset, Stream body, CancellationToken cancel)
    {
        if (!_atWork.TryAdd(upload.Id, true))
        {
            return null;
        }

        try
        {
            if (offset != await parts.OffsetAsync(upload.Id, cancel))
            {
                return null;
            }

            RequireDisk(upload.Bytes - offset);
            await uploads.TouchAsync(upload.Id, cancel);
            string part = await parts.OpenAsync(upload.Id, offset, cancel);
            long now = offset < upload.Bytes ? await TakePartAsync(upload, part, offset, body, cancel) : offset;
            if (now == upload.Bytes)
            {
                try
                {
                    await FinishAsync(upload, part, await FileHash.OfAsync(part, cancel), cancel);
                }
                catch (UploadException) when (File.Exists(part))
                {
                    await TryDropAsync(upload.Id);
                    throw;
                }
                catch (UploadException)
                {
                    return null;
                }
            }

            return now;
        }
        catch (FileNotFoundException)
        {
            // Another node with the same folder has finished it meanwhile.
            return null;
        }
        finally
        {
            _atWork.TryRemove(upload.Id, out _);
        }
    }

    public async Task DropAsync(VideoId upload)
    {
        await parts.DropAsync(upload);
        await uploads.DeleteAsync(upload);
    }

    private async Task TakePlaceAsync(Upload upload, TimeSpan? lease, CancellationToken cancel)
    {
        if (upload.Bytes > MaxBytes)
        {
            throw TooLarge();
        }

        RequireDisk(upload.Bytes);
        if (!await uploads.TryAddAsync(upload, options.Store.QuotaMegabytes * Megabyte, lease, cancel))
        {
            throw new UploadException(StatusCodes.Status413PayloadTooLarge, "quota", QuotaUsedUp(options));
        }
    }

    private void RequireDisk(long bytes)
    {
        Directory.CreateDirectory(files.Folder);
        if (files.IsDiskFull(bytes))
        {
            throw NoDisk();
        }
    }

    /// <summary>The row goes by itself after a day where the database can't be reached now.</summary>
    private async Task TryDropAsync(VideoId upload)
    {
        try
        {
            await DropAsync(upload);
        }
        catch (Exception error)
            when (error is StoreUnavailableException or FilesUnavailableException or IOException or UnauthorizedAccessException)
        {
        }
    }

    private async Task TryRenewAsync(VideoId upload)
    {
        try
        {
            await uploads.RenewAsync(upload, s_lease);
        }
        catch (Exception error) when (error is StoreUnavailableException or ObjectDisposedException)
        {
            // It is tried again in a minute.
        }
    }

    /// <summary>Keeps what came, also of a part that broke off.</summary>
    private async Task<long> TakePartAsync(Upload upload, string part, long offset, Stream body, CancellationToken cancel)
    {
        try
        {
            return await WriteAsync(upload, part, offset, body, null, cancel);
        }
        finally
        {
            await parts.KeepAsync(upload.Id, offset);
        }
    }

    private async Task<long> WriteAsync(
        Upload upload, string part, long offset, Stream body, IncrementalHash? hash, CancellationToken cancel)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            // What is gone on with is there: a file without its beginning must not take its place.
            await using var file = new FileStream(
                part, offset > 0 ? FileMode.Open : FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, bufferSize: 0,
                FileOptions.Asynchronous);
            file.Position = offset;
            int read;
            while ((read = await ClientBody.ReadAsync(body, buffer, cancel)) > 0)
            {
                if (offset + read > upload.Bytes)
                {
                    throw offset + read > MaxBytes ? TooLarge() : new UploadException(
                        StatusCodes.Status400BadRequest, "length", $"More came than the {upload.Bytes} bytes that were announced.");
                }

                hash?.AppendData(buffer, 0, read);
                await file.WriteAsync(buffer.AsMemory(0, read), cancel);
                offset += read;
            }

            // A part need not be on the disk before the next one comes: a kill of the server loses nothing of it.
            if (hash is not null || offset == upload.Bytes)
            {
                file.Flush(flushToDisk: true);
            }

            return offset;
        }
        catch (IOException error) when (DiskFull.Is(error))
        {
            throw NoDisk();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>
    /// The file gets its name before there is a row: a name without a row is cleared up, a row without a file never is there.
    /// </summary>
    private async Task<Video> FinishAsync(Upload upload, string part, string sha256, CancellationToken cancel)
    {
        long bytes = new FileInfo(part).Length;
        if (bytes == 0)
        {
            throw new UploadException(StatusCodes.Status400BadRequest, "empty", "The video has no bytes.");
        }

        DateTimeOffset now = Whole(time.GetUtcNow());
        Video? video = await TryShareAsync(upload, part, sha256, now, cancel);
        if (video is null)
        {
            (ProbedVideo? probed, string? refusal) = await probe.ReadAsync(part, cancel);
            if (probed is null)
            {
                throw new UploadException(StatusCodes.Status400BadRequest, "video", refusal!);
            }

            string file = upload.Id + probed.Extension;
            await files.Store.AddAsync(part, file, cancel);
            video = new Video(upload.Id, upload.UserId, upload.Name, file, bytes, sha256, probed.Facts, Video.Ready, null, now, now);
            await videos.AddAsync(video, cancel);
        }

        await uploads.DeleteAsync(upload.Id, cancel);
        try
        {
            await parts.DropAsync(upload.Id);
        }
        catch (FilesUnavailableException)
        {
            // What is left of it is cleared up after a day.
        }

        thumbnails.MakeSoon(video);
        return video;
    }

    /// <summary>A video with the file of the user's that is the same; null where there is none.</summary>
    private async Task<Video?> TryShareAsync(Upload upload, string part, string sha256, DateTimeOffset now, CancellationToken cancel)
    {
        if (await videos.FindSameAsync(upload.UserId, sha256, cancel) is not { } same
            || await files.Store.FindAsync(same.File, cancel) is null)
        {
            return null;
        }

        // It may be this very upload's, where a kill left its row behind.
        Video video = same with { Id = upload.Id, Name = upload.Name, CreatedAt = now, UpdatedAt = now, HasSidecar = false };
        if (!await videos.TryAddSameAsync(video, same.Id, cancel))
        {
            return null;
        }

        if (Path.GetFileName(part) != same.File)
        {
            File.Delete(part);
        }

        return video;
    }

    internal static UploadException NotWritable() => new(
        StatusCodes.Status503ServiceUnavailable, "storage", "The folder of videos can't be written (Store:Files).");

    internal static UploadException NoDisk() => new(
        StatusCodes.Status507InsufficientStorage, "disk", "The server's disk has no room for it (Store:MinFreeMegabytes, Store:Files).");

    private UploadException TooLarge() => new(
        StatusCodes.Status413PayloadTooLarge, "too_large",
            $"A video has {options.Store.MaxVideoMegabytes} MB at most (Store:MaxVideoMegabytes).");

    /// <summary>As precisely as a database keeps it, so that an answer does not change by being read again.</summary>
    internal static DateTimeOffset Whole(DateTimeOffset time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMicrosecond));
}
