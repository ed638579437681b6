using System.Security.Cryptography;

namespace Rtc.Store.Files;

/// <summary>The sha256 of a file by which identical videos are known, read once through.</summary>
public static class FileHash
{
    private const int BufferBytes = 256 * 1024;

    /// <summary>In small hexadecimal digits.</summary>
    public static async Task<string> OfAsync(string path, CancellationToken cancel = default)
    {
        await using var file = new FileStream(
            path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, BufferBytes,
            FileOptions.Asynchronous | FileOptions.SequentialScan);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancel).ConfigureAwait(false));
    }
}
