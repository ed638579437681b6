using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Rtc.Server.Routes;

/// <summary>The sha256 of each model's file that somebody asked for, taken once as long as the file stays what it is.</summary>
internal sealed class ModelHashes
{
    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);

    /// <summary>In small hexadecimal digits. Who asks while it is being taken waits for the same.</summary>
    public Task<string> OfAsync(FileInfo file)
    {
        Known known = _known.AddOrUpdate(
            file.FullName,
            static (path, seen) => new Known(seen.LastWriteTimeUtc, seen.Length, Taking(path)),
            static (path, before, seen) =>
                before.Written == seen.LastWriteTimeUtc && before.Length == seen.Length && !before.Hash.Value.IsFaulted
                ? before
                : new Known(seen.LastWriteTimeUtc, seen.Length, Taking(path)),
            file);
        return known.Hash.Value;
    }

    private static Lazy<Task<string>> Taking(string path) => new(() => Task.Run(async () =>
    {
        FileStream stream = File.OpenRead(path);
        await using (stream)
        {
            return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream));
        }
    }));

    private sealed record Known(DateTime Written, long Length, Lazy<Task<string>> Hash);
}
