using System.Runtime.CompilerServices;

namespace Rtc.Store.Files;

/// <summary>Files in a folder of this machine, or in one that all nodes have mounted.</summary>
public sealed class FolderFiles(string root) : IFileStore
{
    private static readonly EnumerationOptions s_all = new() { RecurseSubdirectories = true, MaxRecursionDepth = 1 };

    private readonly string _root = Path.GetFullPath(root);

    public bool IsElsewhere => false;

    public Task AddAsync(string path, string name, CancellationToken cancel = default)
    {
        string to = PathOf(name);
        if (Path.GetFullPath(path) != to)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Move(path, to, overwrite: true);
        }

        return Task.CompletedTask;
    }

    public Task<FileCopy?> OpenAsync(string name, CancellationToken cancel = default) =>
        Task.FromResult(PathOf(name) is { } path && File.Exists(path) ? new FileCopy(path) : null);

    public Task<StoredFile?> FindAsync(string name, CancellationToken cancel = default) =>
        Task.FromResult(new FileInfo(PathOf(name)) is { Exists: true } file ? Of(file) : null);

    public Stream Read(StoredFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return File.OpenRead(PathOf(file.Name));
    }

    public Task DeleteAsync(string name, CancellationToken cancel = default)
    {
        string path = PathOf(name);
        if (Directory.Exists(Path.GetDirectoryName(path)))
        {
            File.Delete(path);
        }

        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<StoredFile> ListAsync([EnumeratorCancellation] CancellationToken cancel = default)
    {
        if (!Directory.Exists(_root))
        {
            yield break;
        }

        foreach (FileInfo file in new DirectoryInfo(_root).EnumerateFiles("*", s_all))
        {
            cancel.ThrowIfCancellationRequested();
            yield return Of(file);
        }

        await Task.CompletedTask.ConfigureAwait(false);
    }

    /// <summary>A folder has nothing that its owners don't see.</summary>
    public Task TidyAsync(DateTimeOffset before, CancellationToken cancel = default) => Task.CompletedTask;

    private StoredFile Of(FileInfo file) => new(
        Path.GetRelativePath(_root, file.FullName).Replace('\\', '/'), file.Length, file.LastWriteTimeUtc, file.FullName);

    private string PathOf(string name) =>
        Path.GetFullPath(Path.Combine(_root, name)) is { } path
            && path.StartsWith(_root + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? path
            : throw new ArgumentException($"{name} is no file of this store.", nameof(name));
}
