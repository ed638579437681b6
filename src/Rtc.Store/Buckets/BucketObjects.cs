using System.Buffers;
using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Rtc.Store.Files;

namespace Rtc.Store.Buckets;

/// <summary>
/// The objects of a bucket whose names begin alike. Large ones go and come in parts, several at a time, each of which is tried again by
/// itself.
/// </summary>
public sealed class BucketObjects(BucketClient client, string folder)
{
    private const long PartBytes = 16 * 1024 * 1024;

    // A player asks for a whole video and leaves off after seconds.
    private const long ReadBytes = 4 * 1024 * 1024;

    // The protocol has no more.
    private const int MaxParts = 10_000;
    private const int PartsAtOnce = 4;
    private const int BufferBytes = 128 * 1024;

    private readonly string _prefix = client.Prefix + folder;

    /// <summary>What all their names begin with, behind what is before all names of the bucket.</summary>
    public string Folder => folder;

    /// <summary>Sends a part of a file as an object of its own.</summary>
    public async Task PutAsync(string name, string path, long offset, long length, CancellationToken cancel = default)
    {
        using SafeFileHandle file = File.OpenHandle(path, options: FileOptions.Asynchronous);
        if (length <= PartBytes)
        {
            await PutAsync(new BucketRequest(HttpMethod.Put, _prefix + name), file, offset, length, cancel).ConfigureAwait(false);
        }
        else
        {
            await PutPartsAsync(name, file, offset, length, cancel).ConfigureAwait(false);
        }
    }

    public async Task<StoredFile?> FindAsync(string name, CancellationToken cancel = default)
    {
        BucketAnswer answer = await client.AskAsync(new BucketRequest(HttpMethod.Head, _prefix + name), cancel).ConfigureAwait(false);
        return answer.IsDone ? new StoredFile(name, answer.Length, answer.WrittenAt, Tag: answer.Tag) : null;
    }

    /// <summary>An object as a file is read, from any place on.</summary>
    public Stream Read(StoredFile file) => new BucketStream(this, client, file, ReadBytes);

    /// <summary>Bytes of an object, as they come.</summary>
    /// <exception cref="FilesUnavailableException">It is gone, or the bucket does not answer.</exception>
    internal async Task<Stream> OpenAsync(StoredFile file, long from, long to, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        return await client.OpenAsync(_prefix + file.Name, from, to, file.Tag, cancel).ConfigureAwait(false)
            ?? throw new FilesUnavailableException($"{file.Name} is gone from the bucket.");
    }

    /// <summary>Writes an object to a file, in no order: until this has ended the file's length says nothing.</summary>
    public Task FetchAsync(StoredFile file, SafeFileHandle to, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        return Parallel.ForAsync(
            0, (file.Length + PartBytes - 1) / PartBytes,
            new ParallelOptions { MaxDegreeOfParallelism = PartsAtOnce, CancellationToken = cancel },
            async (part, stop) =>
            {
                long from = part * PartBytes;
                long end = Math.Min(file.Length, from + PartBytes);
                await FetchAsync(file, to, from, end, stop).ConfigureAwait(false);
            });
    }

    public Task DeleteAsync(string name, CancellationToken cancel = default) =>
        client.AskAsync(new BucketRequest(HttpMethod.Delete, _prefix + name), cancel);

    /// <param name="beginning">What the names begin with.</param>
    /// <param name="cancel">Ends it.</param>
    public async IAsyncEnumerable<StoredFile> ListAsync(string beginning, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        for (string? next = string.Empty; next is not null;)
        {
            string query = $"list-type=2&prefix={Uri.EscapeDataString(_prefix + beginning)}"
                + (next.Length > 0 ? "&continuation-token=" + Uri.EscapeDataString(next) : string.Empty);
            BucketPage page = await PageAsync(query, cancel).ConfigureAwait(false);
            foreach (BucketEntry entry in page.Entries)
            {
                if (entry.Key.StartsWith(_prefix, StringComparison.Ordinal))
                {
                    yield return new StoredFile(entry.Key[_prefix.Length..], entry.Size, entry.At);
                }
            }

            next = page.Next == next ? null : page.Next;
        }
    }

    /// <summary>Gives up what was begun in parts before a time, and not ended: it is in no list, but costs its room.</summary>
    public async Task AbortAsync(DateTimeOffset before, CancellationToken cancel = default)
    {
        // What is left of a thousand has its turn the next time.
        BucketPage page = await PageAsync("prefix=" + Uri.EscapeDataString(_prefix) + "&uploads=", cancel).ConfigureAwait(false);
        foreach (BucketEntry entry in page.Entries)
        {
            if (entry.At < before && entry.UploadId is { } id && entry.Key.StartsWith(_prefix, StringComparison.Ordinal))
            {
                await AbortAsync(entry.Key, id, cancel).ConfigureAwait(false);
            }
        }
    }

    private async Task<BucketPage> PageAsync(string query, CancellationToken cancel)
    {
        BucketAnswer answer = await client.AskAsync(new BucketRequest(HttpMethod.Get, string.Empty, query), cancel).ConfigureAwait(false);
        return (answer.IsDone ? BucketXml.ReadPage(answer.Body) : null) ?? throw NoSense("a list");
    }

    private Task<BucketAnswer> AbortAsync(string key, string id, CancellationToken cancel) => client.AskAsync(
        new BucketRequest(HttpMethod.Delete, key, "uploadId=" + Uri.EscapeDataString(id)), cancel);

    private async Task<BucketAnswer> PutAsync(
        BucketRequest request, SafeFileHandle file, long offset, long length, CancellationToken cancel)
    {
        BucketAnswer answer = await client.AskAsync(
            request with
            {
                BodyHash = await FilePart.HashAsync(file, offset, length, cancel).ConfigureAwait(false),
                Body = progress => new FilePart(file, offset, length, progress),
            },
            cancel).ConfigureAwait(false);
        client.Counters.Sent(length);
        return answer.IsDone ? answer : throw NoSense("that it took a file");
    }

    private async Task PutPartsAsync(string name, SafeFileHandle file, long offset, long length, CancellationToken cancel)
    {
        string key = _prefix + name;
        BucketAnswer begun = await client.AskAsync(new BucketRequest(HttpMethod.Post, key, "uploads="), cancel).ConfigureAwait(false);
        string id = (begun.IsDone ? BucketXml.Find(begun.Body, "UploadId") : null) ?? throw NoSense("how to send a file in parts");
        string of = "uploadId=" + Uri.EscapeDataString(id);
        try
        {
            long bytes = Math.Max(PartBytes, (length + MaxParts - 1) / MaxParts);
            string?[] tags = new string?[(length + bytes - 1) / bytes];
            await Parallel.ForAsync(
                0, tags.Length, new ParallelOptions { MaxDegreeOfParallelism = PartsAtOnce, CancellationToken = cancel },
                async (part, stop) =>
                {
                    var request = new BucketRequest(
                        HttpMethod.Put, key, string.Create(CultureInfo.InvariantCulture, $"partNumber={part + 1}&{of}"));
                    long from = part * bytes;
                    tags[part] = (await PutAsync(request, file, offset + from, Math.Min(bytes, length - from), stop)
                        .ConfigureAwait(false)).Tag;
                }).ConfigureAwait(false);
            if (!await TryEndAsync(key, of, tags, cancel).ConfigureAwait(false)
                && (await FindAsync(name, cancel).ConfigureAwait(false))?.Length != length)
            {
                throw NoSense("that it put a file together");
            }
        }
        catch
        {
            await TryAbortAsync(key, id).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>False where it did not say so: an end that was asked for twice is unknown the second time.</summary>
    private async Task<bool> TryEndAsync(string key, string of, string?[] tags, CancellationToken cancel)
    {
        var list = new StringBuilder("<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
        for (int part = 0; part < tags.Length; part++)
        {
            string tag = WebUtility.HtmlEncode(tags[part] ?? throw NoSense("what it calls a part"));
            list.Append(CultureInfo.InvariantCulture, $"<Part><PartNumber>{part + 1}</PartNumber><ETag>{tag}</ETag></Part>");
        }

        byte[] body = Encoding.UTF8.GetBytes(list.Append("</CompleteMultipartUpload>").ToString());
        BucketAnswer ended = await client.AskAsync(
            new BucketRequest(HttpMethod.Post, key, of)
            {
                BodyHash = Convert.ToHexStringLower(SHA256.HashData(body)),
                Body = _ => new ByteArrayContent(body),
            },
            cancel).ConfigureAwait(false);

        // It says OK before it has put the parts together, so that what becomes of them is in the body.
        return ended.IsDone && BucketXml.Find(ended.Body, "ETag") is not null;
    }

    private async Task TryAbortAsync(string key, string id)
    {
        try
        {
            await AbortAsync(key, id, CancellationToken.None).ConfigureAwait(false);
        }
        catch (FilesUnavailableException)
        {
            // It is given up after a day.
        }
    }

    private async Task FetchAsync(StoredFile file, SafeFileHandle to, long from, long end, CancellationToken cancel)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            await using Stream body = new BucketStream(this, client, file, PartBytes) { Position = from };
            while (from < end)
            {
                int read = await body.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, end - from)), cancel).ConfigureAwait(false);
                await RandomAccess.WriteAsync(to, buffer.AsMemory(0, read), from, cancel).ConfigureAwait(false);
                from += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static FilesUnavailableException NoSense(string what) => new($"The bucket's server does not say {what}.");
}
