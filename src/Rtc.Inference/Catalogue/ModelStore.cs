using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace Rtc.Inference.Catalogue;

/// <summary>How far a fetch has come.</summary>
public readonly record struct PullProgress(string File, long Bytes, long Total);

/// <summary>What a check of one file found; null where all is well.</summary>
public sealed record VerifyResult(string Name, string File, string? Problem);

/// <summary>
/// The folder of models: fetches what the catalogue knows (resuming what was begun, checking size and sha256, putting
/// the file in place at once or not at all) and checks what lies there.
/// </summary>
public sealed class ModelStore(string directory, ModelCatalogue catalogue, HttpClient http)
{
    private const string Unfinished = ".part";
    private const int BufferSize = 128 * 1024;

    public string Location { get; } = directory;

    public ModelCatalogue Catalogue { get; } = catalogue;

    public bool IsComplete(CatalogueEntry entry) =>
        entry.Files.All(file => new FileInfo(PathOf(file)) is { Exists: true } found && found.Length == file.Size);

    /// <summary>Null when the model is there and right; else why not.</summary>
    public async Task<string?> PullAsync(string name, IProgress<PullProgress>? progress, CancellationToken cancel)
    {
        if (!ModelName.IsValid(name) || Catalogue.Find(name) is not { } entry)
        {
            return $"no model named {name}; known: {string.Join(", ", Catalogue.Entries.Select(known => known.Name))}";
        }

        Directory.CreateDirectory(Location);
        foreach (CatalogueFile file in entry.Files)
        {
            if (File.Exists(PathOf(file)) && await ProblemOfAsync(file, PathOf(file), cancel).ConfigureAwait(false) is null)
            {
                progress?.Report(new PullProgress(file.Name, file.Size, file.Size));
                continue;
            }

            List<string> problems = [];
            bool done = false;
            foreach (Uri address in file.Addresses)
            {
                string? problem = await FetchAsync(file, address, progress, cancel).ConfigureAwait(false);
                if (problem is null)
                {
                    done = true;
                    break;
                }

                problems.Add(problem);
            }

            if (!done)
            {
                return string.Join("; ", problems);
            }
        }

        return null;
    }

    /// <summary>Checks the files of every catalogue model that is here, or of one.</summary>
    public async Task<IReadOnlyList<VerifyResult>> VerifyAsync(string? name, CancellationToken cancel)
    {
        List<VerifyResult> results = [];
        foreach (CatalogueEntry entry in Catalogue.Entries)
        {
            if (name is not null && !ModelName.Same(entry.Name, name))
            {
                continue;
            }

            foreach (CatalogueFile file in entry.Files)
            {
                bool exists = File.Exists(PathOf(file));
                if (exists || name is not null)
                {
                    results.Add(
                        new VerifyResult(
                            entry.Name, file.Name,
                            exists ? await ProblemOfAsync(file, PathOf(file), cancel).ConfigureAwait(false) : "not here"));
                }
            }
        }

        if (name is not null && results.Count == 0)
        {
            results.Add(new VerifyResult(name, string.Empty, "not in the catalogue"));
        }

        return results;
    }

    public string PathOf(CatalogueFile file) => Path.Combine(Location, file.Name);

    private async Task<string?> FetchAsync(CatalogueFile file, Uri address, IProgress<PullProgress>? progress, CancellationToken cancel)
    {
        string part = PathOf(file) + Unfinished;
        try
        {
            long begun = File.Exists(part) ? new FileInfo(part).Length : 0;
            if (begun > file.Size)
            {
                File.Delete(part);
                begun = 0;
            }

            if (begun < file.Size && await DownloadAsync(file, address, part, begun, progress, cancel).ConfigureAwait(false) is { } failed)
            {
                return failed;
            }

            if (await ProblemOfAsync(file, part, cancel).ConfigureAwait(false) is { } problem)
            {
                // What is wrong stays wrong: the next attempt starts over.
                File.Delete(part);
                return $"{address}: {problem}";
            }

            File.Move(part, PathOf(file), overwrite: true);
            return null;
        }
        catch (StoreException failure)
        {
            // Nothing can go on from it: a full disk is not filled further by what is of no use.
            File.Delete(part);
            return $"{file.Name} can't be kept in {Location}: {failure.Message}";
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or UnauthorizedAccessException)
        {
            return $"{address}: {failure.Message}";
        }
        catch (TaskCanceledException) when (!cancel.IsCancellationRequested)
        {
            return $"{address}: no answer in time";
        }
    }

    private async Task<string?> DownloadAsync(
        CatalogueFile file, Uri address, string part, long begun, IProgress<PullProgress>? progress, CancellationToken cancel)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, address);
        if (begun > 0)
        {
            request.Headers.Range = new RangeHeaderValue(begun, null);
        }

        using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel)
            .ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            return $"{address}: {(int)response.StatusCode} {response.ReasonPhrase}";
        }

        // A server that does not resume sends all of it again.
        bool resumed = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == begun;
        long have = resumed ? begun : 0;
        Stream source = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        await using (source.ConfigureAwait(false))
        {
            // Without a buffer, which would try once more to reach a full disk as the stream is closed.
            FileStream target = new(part, resumed ? FileMode.Append : FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
            await using (target.ConfigureAwait(false))
            {
                byte[] buffer = new byte[BufferSize];
                int read;
                while ((read = await source.ReadAsync(buffer, cancel).ConfigureAwait(false)) > 0)
                {
                    have += read;
                    if (have > file.Size)
                    {
                        return $"{address}: more than the {file.Size} bytes that the catalogue says";
                    }

                    await StoreAsync(target, buffer.AsMemory(0, read), cancel).ConfigureAwait(false);
                    progress?.Report(new PullProgress(file.Name, have, file.Size));
                }

                await StoreAsync(target, null, cancel).ConfigureAwait(false);
            }
        }

        return have < file.Size ? $"{address}: ended after {have} of {file.Size} bytes; pull again to go on" : null;
    }

    /// <summary>Writes, or with nothing to write brings all of it to the disk: only what lies there is renamed.</summary>
    private static async Task StoreAsync(FileStream target, ReadOnlyMemory<byte>? bytes, CancellationToken cancel)
    {
        try
        {
            if (bytes is { } some)
            {
                await target.WriteAsync(some, cancel).ConfigureAwait(false);
            }
            else
            {
                target.Flush(flushToDisk: true);
            }
        }
        catch (IOException failure)
        {
            throw new StoreException(failure);
        }
    }

    private static async Task<string?> ProblemOfAsync(CatalogueFile file, string path, CancellationToken cancel)
    {
        FileStream stream = File.OpenRead(path);
        await using (stream.ConfigureAwait(false))
        {
            if (stream.Length != file.Size)
            {
                return $"{stream.Length} bytes instead of {file.Size}";
            }

            string found = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancel).ConfigureAwait(false));
            return found.Equals(file.Sha256, StringComparison.OrdinalIgnoreCase) ? null : $"sha256 is {found} instead of {file.Sha256}";
        }
    }

    /// <summary>The disk did not take what the network brought.</summary>
    private sealed class StoreException(IOException cause) : Exception(cause.Message, cause);
}
