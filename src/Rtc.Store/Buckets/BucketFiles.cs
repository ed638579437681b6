using Rtc.Store.Files;

namespace Rtc.Store.Buckets;

/// <summary>Files in a bucket. What is worked with is copied to this machine and stays there while there is room.</summary>
public sealed class BucketFiles(BucketObjects objects, CopyFolder copies) : IFileStore
{
    public bool IsElsewhere => true;

    public async Task AddAsync(string path, string name, CancellationToken cancel = default)
    {
        await objects.PutAsync(name, path, 0, new FileInfo(path).Length, cancel).ConfigureAwait(false);
        copies.Take(path, CopyOf(name));
    }

    public async Task<FileCopy?> OpenAsync(string name, CancellationToken cancel = default)
    {
        if (copies.Find(CopyOf(name)) is { } copy)
        {
            return copy;
        }

        return await objects.FindAsync(name, cancel).ConfigureAwait(false) is { } file
            ? await copies.FetchAsync(CopyOf(name), file.Length, (to, stop) => objects.FetchAsync(file, to, stop), cancel)
                .ConfigureAwait(false)
            : null;
    }

    public Task<StoredFile?> FindAsync(string name, CancellationToken cancel = default) => objects.FindAsync(name, cancel);

    public Stream Read(StoredFile file) => objects.Read(file);

    public async Task DeleteAsync(string name, CancellationToken cancel = default)
    {
        await objects.DeleteAsync(name, cancel).ConfigureAwait(false);
        copies.Forget(CopyOf(name));
    }

    public IAsyncEnumerable<StoredFile> ListAsync(CancellationToken cancel = default) => objects.ListAsync(string.Empty, cancel);

    public async Task TidyAsync(DateTimeOffset before, CancellationToken cancel = default)
    {
        copies.Tidy(objects.Folder, before);
        await objects.AbortAsync(before, cancel).ConfigureAwait(false);
    }

    private string CopyOf(string name) => objects.Folder + name;
}
