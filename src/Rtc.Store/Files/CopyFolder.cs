using Microsoft.Win32.SafeHandles;

namespace Rtc.Store.Files;

/// <summary>
/// Copies of files that lie elsewhere, within a limit: the one used longest ago makes room. A copy in use is held by a lock of the file
/// system, so that several programs may share the folder and a kill leaves nothing held.
/// </summary>
public sealed class CopyFolder(string root, long maxBytes, long minFreeBytes, TimeProvider time)
{
    private const string Half = ".half";

    private static readonly EnumerationOptions s_all = new() { RecurseSubdirectories = true };

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Fetching> _fetching = [];

    /// <summary>The copy, where there is one.</summary>
    public FileCopy? Find(string name)
    {
        string path = PathOf(name);
        try
        {
            var held = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            if (File.Exists(path))
            {
                // Who is held is deleted by nobody, so the next look is at the same file.
                File.SetLastWriteTimeUtc(path, time.GetUtcNow().UtcDateTime);
                return new FileCopy(path, held);
            }

            held.Dispose();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It is not there, or is being deleted.
        }

        return null;
    }

    /// <summary>The copy; made by <paramref name="write"/> where there is none, once for all who want it.</summary>
    /// <exception cref="FilesUnavailableException">The disk has no room.</exception>
    public async Task<FileCopy> FetchAsync(
        string name, long length, Func<SafeFileHandle, CancellationToken, Task> write, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(write);
        Fetching fetching = Begin(name);
        try
        {
            await fetching.Turn.WaitAsync(cancel).ConfigureAwait(false);
            try
            {
                while (true)
                {
                    if (Find(name) is { } found)
                    {
                        return found;
                    }

                    await WriteAsync(PathOf(name), length, write, cancel).ConfigureAwait(false);
                }
            }
            finally
            {
                fetching.Turn.Release();
            }
        }
        finally
        {
            End(name, fetching);
        }
    }

    /// <summary>Makes a file that lies elsewhere now a copy of it.</summary>
    public void Take(string path, string name)
    {
        string to = PathOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        File.Move(path, to, overwrite: true);
        File.SetLastWriteTimeUtc(to, time.GetUtcNow().UtcDateTime);
        MakeRoom(0);
    }

    /// <summary>Deletes a copy; who reads it reads on.</summary>
    public void Forget(string name)
    {
        string path = PathOf(name);
        if (Directory.Exists(Path.GetDirectoryName(path)))
        {
            File.Delete(path);
        }
    }

    /// <summary>Deletes what nobody has used since, halves of killed programs among it, and folders that are empty.</summary>
    public void Tidy(string beginning, DateTimeOffset before)
    {
        var tidied = new DirectoryInfo(PathOf(beginning));
        if (!tidied.Exists)
        {
            return;
        }

        foreach (FileInfo file in tidied.GetFiles("*", s_all))
        {
            if (file.LastWriteTimeUtc < before)
            {
                TryDelete(file);
            }
        }

        foreach (DirectoryInfo folder in tidied.GetDirectories("*", s_all))
        {
            if (folder.LastWriteTimeUtc < before && !folder.EnumerateFileSystemInfos().Any())
            {
                folder.Delete();
            }
        }
    }

    private string PathOf(string name) => Path.Combine(root, name);

    private async Task WriteAsync(string path, long length, Func<SafeFileHandle, CancellationToken, Task> write, CancellationToken cancel)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (!MakeRoom(length))
        {
            throw new FilesUnavailableException(
                "The disk has no room for a copy of it (Store:MinFreeMegabytes, Store:Files).", isFull: true);
        }

        string half = $"{path}.{Guid.NewGuid():N}{Half}";
        try
        {
            using (SafeFileHandle file = File.OpenHandle(
                half, FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.Asynchronous, length))
            {
                await write(file, cancel).ConfigureAwait(false);
            }

            File.Move(half, path, overwrite: true);
        }
        catch (IOException error)
        {
            throw new FilesUnavailableException("A copy of it can't be written: " + error.Message, error);
        }
        finally
        {
            File.Delete(half);
        }
    }

    /// <summary>False where the disk is too full even without the copies that nobody uses.</summary>
    private bool MakeRoom(long bytes)
    {
        FileInfo[] files = [.. Files().OrderBy(file => file.LastWriteTimeUtc)];
        long held = files.Sum(file => file.Length);
        long free = new DriveInfo(root).AvailableFreeSpace;
        foreach (FileInfo file in files)
        {
            if (held + bytes <= maxBytes && free - bytes >= minFreeBytes)
            {
                break;
            }

            long length = file.Length;
            if (TryDelete(file))
            {
                (held, free) = (held - length, free + length);
            }
        }

        return free - bytes >= minFreeBytes;
    }

    private static bool TryDelete(FileInfo file)
    {
        try
        {
            using var alone = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.None, bufferSize: 0);
            file.Delete();
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>What comes and goes meanwhile is left out.</summary>
    private FileInfo[] Files() => Directory.Exists(root)
        ? Array.FindAll(new DirectoryInfo(root).GetFiles("*", s_all), file => file.Exists)
        : [];

    private Fetching Begin(string name)
    {
        lock (_lock)
        {
            if (!_fetching.TryGetValue(name, out Fetching? fetching))
            {
                _fetching.Add(name, fetching = new Fetching());
            }

            fetching.Users++;
            return fetching;
        }
    }

    private void End(string name, Fetching fetching)
    {
        lock (_lock)
        {
            if (--fetching.Users == 0)
            {
                _fetching.Remove(name);
                fetching.Turn.Dispose();
            }
        }
    }

    private sealed class Fetching
    {
        public SemaphoreSlim Turn { get; } = new(1);

        public int Users { get; set; }
    }
}
