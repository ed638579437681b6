using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Rtc.Server.Options;
using Rtc.Server.Videos;
using Rtc.Studio;
using Rtc.Studio.Clips;
using Rtc.Studio.Tasks;

namespace Rtc.Server.Studio;

/// <summary>
/// Reads a task's form: the clip goes to the disk as it comes and is refused at the byte that is too many, the other fields are a few
/// letters each.
/// </summary>
internal sealed class StudioForm(RtcOptions options, StudioFolder folder, ClipLimits limits)
{
    private const int MaxFields = 16;
    private const int MaxFieldBytes = 4096;
    private const int MaxFormBytes = 64 * 1024;
    private const int BufferBytes = 64 * 1024;

    /// <summary>What the form asks for; the clip, where one came, lies in the task's folder then.</summary>
    public async Task<(StudioRequest Wanted, string? VideoId, bool HasClip)> ReadAsync(
        HttpRequest request, Guid task, CancellationToken cancel)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type)
            || type.MediaType != "multipart/form-data" || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 } boundary)
        {
            throw new UploadException(
                StatusCodes.Status415UnsupportedMediaType, "media_type", "A task comes as multipart/form-data.");
        }

        if (request.ContentLength > limits.MaxBytes + MaxFormBytes)
        {
            throw TooLarge();
        }

        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        bool hasClip = false;
        var reader = new MultipartReader(boundary, request.Body);
        for (int count = 0; await ClientBody.NextAsync(reader, cancel) is { } section; count++)
        {
            string? name = ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out ContentDispositionHeaderValue? part)
                ? HeaderUtilities.RemoveQuotes(part.Name).Value
                : null;
            if (name is null || count == MaxFields)
            {
                throw Bad("form", $"A form has named fields, {MaxFields} at most.");
            }

            if (name == "video" && !hasClip)
            {
                try
                {
                    await SaveAsync(section.Body, task, cancel);
                }
                catch (IOException error) when (DiskFull.Is(error))
                {
                    throw StudioDisk.Full();
                }
                catch (Exception error) when (error is UnauthorizedAccessException or (IOException and not BadHttpRequestException))
                {
                    throw StudioDisk.NotWritable();
                }

                hasClip = true;
            }
            else
            {
                fields[name] = await TextAsync(section.Body, name, cancel);
            }
        }

        return (Wanted(fields), fields.GetValueOrDefault("video_id"), hasClip);
    }

    private static StudioRequest Wanted(Dictionary<string, string> fields) => new()
    {
        X = Number(fields, "x"),
        Y = Number(fields, "y"),
        FrameIndex = Whole(fields, "frame_idx") ?? 0,
        Box = fields.TryGetValue("box", out string? box)
            ? StudioBox.Read(box) ?? throw Bad("box", "\"box\" is a {\"xmin\":40,\"ymin\":20,\"xmax\":60,\"ymax\":90}.")
            : null,
        TrackId = Whole(fields, "track_id"),
        Points = fields.TryGetValue("points", out string? points)
            ? StudioPoint.ReadList(points) ?? throw Bad("points", "\"points\" is a list of {\"x\":50,\"y\":50,\"subtract\":false}.")
            : null,
        Prompt = fields.GetValueOrDefault("prompt"),
    };

    private static double? Number(Dictionary<string, string> fields, string name) =>
        !fields.TryGetValue(name, out string? text) ? null
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? number
        : throw Bad(name, $"\"{name}\" is a number.");

    /// <summary>What is none from 0 on is -1, which each request refuses by the field's name.</summary>
    private static int? Whole(Dictionary<string, string> fields, string name) =>
        Number(fields, name) is not { } number ? null
        : number is >= 0 and < int.MaxValue && number == Math.Floor(number) ? (int)number
        : -1;

    private static async Task<string> TextAsync(Stream body, string name, CancellationToken cancel)
    {
        byte[] bytes = new byte[MaxFieldBytes + 1];
        int read = await ClientBody.ReadAsync(body, bytes, cancel, isFilled: true);
        return read <= MaxFieldBytes
            ? Encoding.UTF8.GetString(bytes, 0, read)
            : throw Bad("form", $"\"{name[..Math.Min(name.Length, 32)]}\" has {MaxFieldBytes} bytes at most.");
    }

    private async Task SaveAsync(Stream body, Guid task, CancellationToken cancel)
    {
        Directory.CreateDirectory(folder.Of(task));
        StudioDisk.Require(options, folder, limits.MaxBytes);
        await using FileStream file = File.Create(folder.ClipOf(task), BufferBytes, FileOptions.Asynchronous);
        byte[] buffer = new byte[BufferBytes];
        for (int read; (read = await ClientBody.ReadAsync(body, buffer, cancel)) > 0;)
        {
            if (file.Length + read > limits.MaxBytes)
            {
                throw TooLarge();
            }

            await file.WriteAsync(buffer.AsMemory(0, read), cancel);
            await file.FlushAsync(cancel);
        }

        if (file.Length == 0)
        {
            throw Bad("empty", "The video has no bytes.");
        }
    }

    private UploadException TooLarge()
    {
        StudioException error = ClipFile.TooHeavy(limits);
        return Bad(error.Code, error.Message);
    }

    private static UploadException Bad(string code, string message) => new(StatusCodes.Status400BadRequest, code, message);
}
