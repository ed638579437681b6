using System.Globalization;
using System.Text.Json;

namespace Rtc.Media.Containers.Reading;

/// <summary>Reads what a container says of itself: our own look at its structure, then ffprobe in a bounded child process.</summary>
public static class VideoProbe
{
    private const int MaxAnswerBytes = 4 << 20;
    private const string Entries =
        "stream=index,codec_type,codec_name,pix_fmt,width,height,avg_frame_rate,r_frame_rate,time_base,nb_frames,nb_read_packets,"
        + "sample_rate,channels,channel_layout:stream_disposition=attached_pic:stream_tags=rotate:stream_side_data=rotation:"
        + "format=start_time,duration";

    /// <exception cref="OperationCanceledException">It was cancelled; the child is gone.</exception>
    public static VideoProbeResult Read(string path, ContainerLimits limits, CancellationToken cancel)
    {
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 512);
            if (ContainerScan.Read(file, out ContainerFormat format) is { } refusal)
            {
                return new VideoProbeResult(null, refusal);
            }

            using JsonDocument answer = Ask(path, format, limits, cancel);
            VideoInfo info = Understand(answer.RootElement, format);
            return Refuse(info, limits) is { } limited ? new VideoProbeResult(null, limited) : new VideoProbeResult(info, null);
        }
        catch (ContainerException error)
        {
            return new VideoProbeResult(null, error.Refusal);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new VideoProbeResult(null, new ContainerRefusal(ContainerError.Storage, "The file can't be opened."));
        }
    }

    private static JsonDocument Ask(string path, ContainerFormat format, ContainerLimits limits, CancellationToken cancel)
    {
        string[] arguments =
        [
            "-v", "error", "-of", "json", "-count_packets", "-show_entries", Entries, .. InputArguments.For(path, format, limits),
        ];
        using BoundedChild child = BoundedChild.Start("ffprobe", arguments, limits, null, cancel);
        child.LimitWait(limits.MaxProbeTime);
        using var answer = new MemoryStream();
        byte[] part = new byte[16 * 1024];
        for (int read; (read = child.Output.Read(part)) > 0;)
        {
            if (answer.Length + read > MaxAnswerBytes)
            {
                throw new ContainerException(ContainerError.HeaderTooLong, "The file has more streams than any video.");
            }

            answer.Write(part, 0, read);
        }

        if (child.Finish() is { } refusal)
        {
            throw new ContainerException(refusal.Error, refusal.Message);
        }

        try
        {
            return JsonDocument.Parse(answer.GetBuffer().AsMemory(0, (int)answer.Length));
        }
        catch (JsonException)
        {
            throw new ContainerException(ContainerError.Damaged, "The file is damaged: its streams can't be told.");
        }
    }

    private static VideoInfo Understand(JsonElement root, ContainerFormat format)
    {
        JsonElement[] streams = [.. root.GetProperty("streams").EnumerateArray()];
        JsonElement video = streams.FirstOrDefault(stream => Is(stream, "video") && !IsCover(stream));
        if (video.ValueKind == JsonValueKind.Undefined)
        {
            throw new ContainerException(ContainerError.NoVideo, "There is no video in this file.");
        }

        Ratio average = Ratio.Parse(Text(video, "avg_frame_rate"));
        JsonElement whole = root.TryGetProperty("format", out JsonElement found) ? found : default;
        return new VideoInfo
        {
            Format = format,
            Codec = Text(video, "codec_name") ?? string.Empty,
            PixelFormat = Text(video, "pix_fmt") ?? string.Empty,
            StreamIndex = (int)Number(video, "index"),
            CodedWidth = (int)Number(video, "width"),
            CodedHeight = (int)Number(video, "height"),
            Rotation = RotationOf(video),
            FrameRate = average.Numerator > 0 ? average : Ratio.Parse(Text(video, "r_frame_rate")),
            TimeBase = Ratio.Parse(Text(video, "time_base")),
            StartSeconds = Number(whole, "start_time"),
            DurationSeconds = Number(whole, "duration"),
            TotalFrames = (long)(Number(video, "nb_frames") is > 0 and { } told ? told : Number(video, "nb_read_packets")),
            Audio = AudioOf(streams.FirstOrDefault(stream => Is(stream, "audio"))),
        };
    }

    private static AudioInfo? AudioOf(JsonElement stream) =>
        stream.ValueKind == JsonValueKind.Undefined || Number(stream, "channels") < 1 || Number(stream, "sample_rate") < 1
            ? null
            : new AudioInfo(
                (int)Number(stream, "index"),
                Text(stream, "codec_name") ?? string.Empty,
                (int)Number(stream, "sample_rate"),
                (int)Number(stream, "channels"),
                Text(stream, "channel_layout"));

    private static ContainerRefusal? Refuse(VideoInfo info, ContainerLimits limits)
    {
        if (info.Codec.Length == 0 || info.PixelFormat.Length == 0 || info.CodedWidth <= 0 || info.CodedHeight <= 0)
        {
            return new ContainerRefusal(ContainerError.Damaged, "The video in this file can't be decoded.");
        }

        if (Math.Max(info.CodedWidth, info.CodedHeight) > limits.MaxSide || (long)info.CodedWidth * info.CodedHeight > limits.MaxPixels)
        {
            return new ContainerRefusal(ContainerError.TooLarge, string.Create(
                CultureInfo.InvariantCulture,
                $"Pictures of {info.CodedWidth} × {info.CodedHeight} are too large: "
                    + $"{limits.MaxPixels} pixels are allowed, {limits.MaxSide} a side."));
        }

        return PixelDepth.Of(info.PixelFormat) > PixelDepth.MaxBits
            ? new ContainerRefusal(
                ContainerError.UnsupportedPixels,
                $"Pictures with samples of {PixelDepth.Of(info.PixelFormat)} bits are not read; up to {PixelDepth.MaxBits} are.")
            : info.TotalFrames == 0 ? new ContainerRefusal(ContainerError.NoVideo, "There is no picture in this file.") : null;
    }

    /// <summary>ffprobe counts counter-clockwise, from -180 to 180.</summary>
    private static VideoRotation RotationOf(JsonElement stream)
    {
        double turned = 0;
        if (stream.TryGetProperty("side_data_list", out JsonElement list))
        {
            turned = -list.EnumerateArray().Select(data => Number(data, "rotation")).FirstOrDefault(angle => angle != 0);
        }

        return (VideoRotation)(((int)Math.Round(turned / 90) % 4 + 4) % 4);
    }

    private static bool Is(JsonElement stream, string type) => Text(stream, "codec_type") == type;

    private static bool IsCover(JsonElement stream) =>
        stream.TryGetProperty("disposition", out JsonElement disposition) && Number(disposition, "attached_pic") != 0;

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value)
            && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>ffprobe writes some numbers as text; what is none is 0.</summary>
    private static double Number(JsonElement element, string name) =>
        element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out JsonElement value) ? 0
        : value.ValueKind == JsonValueKind.Number ? value.GetDouble()
        : double.TryParse(value.GetString(), CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? number
        : 0;
}
