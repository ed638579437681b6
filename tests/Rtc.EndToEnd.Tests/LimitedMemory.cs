using System.Globalization;

namespace Rtc.EndToEnd.Tests;

/// <summary>
/// A control group with a limit of memory and no swap that one process is put into; owns the group and takes it away again.
/// </summary>
internal sealed class LimitedMemory : IDisposable
{
    private readonly string? _folder;
    private readonly string _home;
    private readonly string _id;

    private LimitedMemory(string? folder, string home, string id) => (_folder, _home, _id) = (folder, home, id);

    /// <summary>False where this machine lets nobody make one.</summary>
    public bool IsReal => _folder is not null;

    public static LimitedMemory For(int processId, int megabytes)
    {
        string id = processId.ToString(CultureInfo.InvariantCulture);
        string bytes = ((long)megabytes << 20).ToString(CultureInfo.InvariantCulture);
        foreach ((string mount, string limit)
            in new[] { ("/sys/fs/cgroup/memory", "memory.limit_in_bytes"), ("/sys/fs/cgroup", "memory.max") })
        {
            string folder = Path.Combine(mount, $"rtc-test-{id}");
            try
            {
                if (!Directory.Exists(mount))
                {
                    continue;
                }

                string home = Path.Combine(mount, HomeOf(id, mount.EndsWith("memory", StringComparison.Ordinal) ? ":memory:/" : "0::/"));
                Directory.CreateDirectory(folder);
                if (File.Exists(Path.Combine(folder, limit)))
                {
                    File.WriteAllText(Path.Combine(folder, limit), bytes);
                    File.WriteAllText(Path.Combine(folder, "cgroup.procs"), id);
                    return new LimitedMemory(folder, home, id);
                }

                Directory.Delete(folder);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // Not here, then.
            }
        }

        return new LimitedMemory(null, string.Empty, id);
    }

    public void Dispose()
    {
        if (_folder is null)
        {
            return;
        }

        try
        {
            File.WriteAllText(Path.Combine(_home, "cgroup.procs"), _id);
        }
        catch (IOException)
        {
            // It has ended.
        }

        Directory.Delete(_folder);
    }

    /// <summary>The group of the process below the mount.</summary>
    private static string HomeOf(string id, string start) =>
        File.ReadLines($"/proc/{id}/cgroup").FirstOrDefault(line => line.Contains(start, StringComparison.Ordinal)) is { } line
            ? line[(line.IndexOf(start, StringComparison.Ordinal) + start.Length)..]
            : string.Empty;
}
