using Microsoft.AspNetCore.WebUtilities;

namespace Rtc.Server.Videos;

/// <summary>Reads what a client sends. Where that is cut or no form it is its sender's error; an error of a disk is another's.</summary>
internal static class ClientBody
{
    /// <exception cref="UploadException">It is no form, or is not whole.</exception>
    public static Task<MultipartSection?> NextAsync(MultipartReader form, CancellationToken cancel) =>
        TryAsync(() => form.ReadNextSectionAsync(cancel));

    /// <summary>As a stream reads, or until there is no more room.</summary>
    /// <exception cref="UploadException">It is not whole.</exception>
    public static Task<int> ReadAsync(Stream body, Memory<byte> into, CancellationToken cancel, bool isFilled = false) => TryAsync(
        async () => isFilled
            ? await body.ReadAtLeastAsync(into, into.Length, throwOnEndOfStream: false, cancel)
            : await body.ReadAsync(into, cancel));

    private static async Task<T> TryAsync<T>(Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (Exception error) when (error is InvalidDataException || (error is IOException and not BadHttpRequestException))
        {
            // The server's own refusals of bodies are answered elsewhere.
            throw new UploadException(StatusCodes.Status400BadRequest, "form", "What was sent is no form, or is not whole.");
        }
    }
}
