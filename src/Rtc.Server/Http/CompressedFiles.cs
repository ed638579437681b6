using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Compression;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Rtc.Server.Http;

/// <summary>
/// The text files of a folder for clients that take them compressed. Each is compressed once and kept as long as the file stays
/// what it is; what the client's encodings or the file's kind don't fit is left to who comes next. Nothing that a request says
/// is ever in these files, so that their lengths tell nothing.
/// </summary>
internal sealed class CompressedFiles(IFileProvider files, PathString prefix, FileExtensionContentTypeProvider types)
{
    /// <summary>Browsers ask each time and mostly hear 304: an update of the server reaches every page at once.</summary>
    public const string CacheControl = "no-cache";

    /// <summary>What is named by its content is asked for once.</summary>
    private const string Immutable = "public, max-age=31536000, immutable";

    private const int MinBytes = 256;

    private static readonly string[] s_kinds = [".html", ".css", ".js", ".mjs", ".json", ".svg", ".md", ".webmanifest"];

    private readonly ConcurrentDictionary<(string Path, string Encoding), Copy> _copies = new();

    private sealed record Copy(DateTimeOffset Written, long Length, byte[] Bytes);

    public Task TryServeAsync(HttpContext context, RequestDelegate next)
    {
        HttpRequest request = context.Request;
        if ((!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
            || request.Headers.ContainsKey(HeaderNames.Range)
            || !request.Path.StartsWithSegments(prefix, StringComparison.Ordinal, out PathString rest)
            || rest.Value is not { Length: > 1 } path
            || !s_kinds.Contains(Path.GetExtension(path))
            || EncodingOf(request.Headers.AcceptEncoding) is not { } encoding
            || files.GetFileInfo(path) is not { Exists: true, IsDirectory: false, Length: >= MinBytes } file
            || !types.TryGetContentType(path, out string? type))
        {
            return next(context);
        }

        Copy copy = Get(path, encoding, file);
        context.Response.Headers.ContentEncoding = encoding;
        AddVary(context.Response);
        context.Response.Headers.CacheControl = CacheControlOf(request.Path);
        string tag = string.Create(CultureInfo.InvariantCulture, $"\"{copy.Written.Ticks:x}-{copy.Length:x}-{encoding}\"");
        return Results.Bytes(copy.Bytes, type, lastModified: copy.Written, entityTag: new EntityTagHeaderValue(tag)).ExecuteAsync(context);
    }

    /// <summary>The bundle's own list has one name for ever.</summary>
    public static string CacheControlOf(PathString path) =>
        path.Value is { } name && name.StartsWith(PageBundle.Folder, StringComparison.Ordinal)
            && !name.EndsWith(".json", StringComparison.Ordinal)
            ? Immutable
            : CacheControl;

    /// <summary>Beside what a page's language varies by.</summary>
    public static void AddVary(HttpResponse response) =>
        response.Headers.Vary = StringValues.Concat(HeaderNames.AcceptEncoding, response.Headers.Vary);

    /// <summary>Brotli before gzip; null where the client takes neither.</summary>
    internal static string? EncodingOf(StringValues accepted)
    {
        string? best = null;
        foreach (StringWithQualityHeaderValue one in StringWithQualityHeaderValue.TryParseList(accepted, out var list) ? list : [])
        {
            if (one.Quality is not 0 && (one.Value == "br" || (one.Value == "gzip" && best is null)))
            {
                best = one.Value.Value;
            }
        }

        return best;
    }

    /// <summary>Writes into what stays open.</summary>
    internal static Stream Packer(string encoding, Stream target) => encoding == "br"
        ? new BrotliStream(target, CompressionLevel.SmallestSize, leaveOpen: true)
        : new GZipStream(target, CompressionLevel.Optimal, leaveOpen: true);

    private Copy Get(string path, string encoding, IFileInfo file)
    {
        if (_copies.TryGetValue((path, encoding), out Copy? kept) && kept.Written == file.LastModified && kept.Length == file.Length)
        {
            return kept;
        }

        using var target = new MemoryStream();
        using (Stream source = file.CreateReadStream())
        using (Stream packer = Packer(encoding, target))
        {
            source.CopyTo(packer);
        }

        return _copies[(path, encoding)] = new Copy(file.LastModified, file.Length, target.ToArray());
    }
}
