using Microsoft.Net.Http.Headers;
using Rtc.Store.Files;

namespace Rtc.Server.Http;

/// <summary>Answers with a stored file, whole or in ranges: from this machine where it lies here, else as it comes.</summary>
internal static class StoredFileResult
{
    public static IResult Of(StoredFile file, Func<StoredFile, Stream> read, string type, EntityTagHeaderValue? tag = null) =>
        file.Path is { } path
            ? Results.File(path, type, entityTag: tag, enableRangeProcessing: true)
            : Results.Stream(read(file), type, lastModified: file.WrittenAt, entityTag: tag, enableRangeProcessing: true);
}
