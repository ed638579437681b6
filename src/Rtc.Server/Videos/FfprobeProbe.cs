using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Rtc.Store.Videos;

namespace Rtc.Server.Videos;

/// <summary>
/// Metadata by the ffprobe program: a foreign file is opened in a child process that has a time, and no other file or network.
/// </summary>
internal sealed class FfprobeProbe : IVideoProbe
{
    private const int MaxSide = 16_384;
    private static readonly TimeSpan s_time = TimeSpan.FromSeconds(20);

    // As ffprobe names the formats: the file's ending says nothing.
    private static readonly (string Format, string Extension)[] s_formats =
        [("mp4", ".mp4"), ("mov", ".mov"), ("webm", ".webm"), ("matroska", ".mkv"), ("avi", ".avi")];

    public async Task<(ProbedVideo? Video, string? Refusal)> ReadAsync(string file, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(s_time);
        var start = new ProcessStartInfo("ffprobe") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in (string[])
            [
                "-v", "error", "-protocol_whitelist", "file", "-format_whitelist", "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi",
                "-show_format", "-show_streams", "-of", "json", "-i", "file:" + file,
            ])
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            using Process process = Process.Start(start)!;
            try
            {
                Task<string> error = process.StandardError.ReadToEndAsync(limit.Token);
                string output = await process.StandardOutput.ReadToEndAsync(limit.Token);
                await error;
                await process.WaitForExitAsync(limit.Token);
                return process.ExitCode == 0 ? Read(output) : (null, "The file is no video that can be read: MP4, MOV, AVI, MKV or WebM.");
            }
            finally
            {
                if (!process.HasExited)
                {
                    process.Kill(entireProcessTree: true);
                }
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return (null, "The file's metadata could not be read in time.");
        }
        catch (Win32Exception)
        {
            return (null, "This server can't read videos: the program ffprobe is missing.");
        }
    }

    internal static (ProbedVideo? Video, string? Refusal) Read(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement root = document.RootElement;
        JsonElement format = root.TryGetProperty("format", out JsonElement found) ? found : default;
        string names = Text(format, "format_name");
        string brand = format.ValueKind == JsonValueKind.Object && format.TryGetProperty("tags", out JsonElement tags)
            ? Text(tags, "major_brand").Trim()
            : string.Empty;
        string extension = brand == "qt" ? ".mov"
            : Array.Find(s_formats, one => names.Split(',').Contains(one.Format)).Extension ?? string.Empty;
        JsonElement[] streams = root.TryGetProperty("streams", out JsonElement all) ? [.. all.EnumerateArray()] : [];
        JsonElement video = Array.Find(streams, stream => Text(stream, "codec_type") == "video");
        if (extension.Length == 0 || video.ValueKind != JsonValueKind.Object)
        {
            return (null, "The file has no pictures that can be read: MP4, MOV, AVI, MKV or WebM with video.");
        }

        (int width, int height) = ((int)Number(video, "width"), (int)Number(video, "height"));
        if (width is < 2 or > MaxSide || height is < 2 or > MaxSide)
        {
            return (null, $"The pictures are {width}×{height}; sides lie between 2 and {MaxSide}.");
        }

        if (IsTurned(video))
        {
            (width, height) = (height, width);
        }

        double fps = Ratio(Text(video, "avg_frame_rate")) is > 0 and var average ? average : Ratio(Text(video, "r_frame_rate"));
        double duration = Number(video, "duration") is > 0 and var own ? own : Number(format, "duration");
        long frames = (long)Number(video, "nb_frames") is > 0 and var counted ? counted : (long)Math.Round(duration * fps);
        var facts = new VideoFacts(
            duration, width, height, Math.Round(fps, 3), Text(video, "codec_name"), frames,
            Array.Exists(streams, stream => Text(stream, "codec_type") == "audio"));
        return (new ProbedVideo(facts, extension), null);
    }

    private static bool IsTurned(JsonElement video) =>
        video.TryGetProperty("side_data_list", out JsonElement data)
        && data.EnumerateArray().Any(one => Math.Abs(Number(one, "rotation")) is 90 or 270);

    private static string Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) ? value.ToString() : string.Empty;

    private static double Number(JsonElement element, string name) =>
        double.TryParse(Text(element, name), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
            ? number
            : 0;

    private static double Ratio(string text) => text.Split('/') is [var above, var below]
        && double.TryParse(above, NumberStyles.Float, CultureInfo.InvariantCulture, out double a)
        && double.TryParse(below, NumberStyles.Float, CultureInfo.InvariantCulture, out double b) && b > 0
        ? a / b
        : 0;
}
