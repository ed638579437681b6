using Microsoft.Extensions.FileProviders;

namespace Rtc.Server.Http;

/// <summary>A file that lies on no disk, for what serves files.</summary>
internal sealed class MadeFile(string name, DateTimeOffset written, byte[] bytes) : IFileInfo
{
    /// <summary>Of the style within a page, in SHA-256 and Base64; null where there is none.</summary>
    public string? StyleHash { get; init; }

    public bool Exists => true;

    public long Length => bytes.Length;

    public string? PhysicalPath => null;

    public string Name => name;

    public DateTimeOffset LastModified => written;

    public bool IsDirectory => false;

    public Stream CreateReadStream() => new MemoryStream(bytes, writable: false);
}
