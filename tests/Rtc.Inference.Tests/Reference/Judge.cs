using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Rtc.Media;

namespace Rtc.Inference.Tests.Reference;

/// <summary>
/// One finding of the judge, with the other boxes for the same thing that scored as high but for a hair; the mask has one
/// byte for each pixel of the picture.
/// </summary>
internal sealed record Judged(int ClassId, float Score, RectF Box, IReadOnlyList<RectF> Ties, byte[]? Mask)
{
    /// <summary>How well a box agrees with this finding, or with one that might as well stand here.</summary>
    public float Agreement(RectF box) => Ties.Append(Box).Max(mine => box.Iou(mine));
}

/// <summary>One picture as the judge read it: boxes, or a map of classes.</summary>
internal sealed record Reading(IReadOnlyList<Judged> Boxes, int MapWidth, int MapHeight, byte[] Classes);

/// <summary>
/// An independent reading of the same pictures with the same models: the ffmpeg program decodes, and read.mjs prepares,
/// runs (ONNX Runtime in Node) and decodes. Both sides get the same I420, since rounding a picture otherwise moves a
/// score by as much as 0.03.
/// </summary>
internal static class Judge
{
    private static readonly ConcurrentDictionary<(string, string, int, float), Lazy<(byte[] Raw, List<Reading> Readings)>> s_read = [];

    private static string Script { get; } = Path.Combine(Here(), "read.mjs");

    private static string Model(string data, string kind) => Path.Combine(data, "models", kind switch
    {
        "yolox" => "yolox_nano.onnx",
        "seg" => "agpl_yolov8n-seg_int8.onnx",
        _ => "deeplab_v3_1_default_1.onnx",
    });

    /// <summary>
    /// Hands over each picture with what the judge read in it; both sides get the same pictures, byte for byte. Tests that ask
    /// the same share one reading.
    /// </summary>
    public static void Each(
        string kind, string data, string file, (int Width, int Height) size, int every, float confidence, Action<Picture, Reading> compare)
    {
        (byte[] raw, List<Reading> readings) = s_read.GetOrAdd((kind, file, every, confidence), _ => new(() =>
        {
            byte[] pictures = Frames(Path.Combine(data, file), every);
            return (pictures, Read(kind, data, pictures, size.Width, size.Height, confidence));
        })).Value;
        using var pool = new PicturePool();
        int at = 0;
        foreach (Picture picture in Pictures(pool, raw, size.Width, size.Height))
        {
            using (picture)
            {
                compare(picture, readings[at++]);
            }
        }

        Assert.Equal(readings.Count, at);
        Assert.True(at > 0, "no picture was read");
    }

    private static List<Reading> Read(string kind, string data, byte[] raw, int width, int height, float confidence)
    {
        string arguments =
            string.Create(CultureInfo.InvariantCulture, $"\"{Script}\" {kind} \"{Model(data, kind)}\" {width} {height} {confidence}");
        using var answer = new StreamReader(new MemoryStream(Run("node", arguments, raw)));
        var readings = new List<Reading>();
        while (answer.ReadLine() is { } line)
        {
            readings.Add(Parse(JsonDocument.Parse(line).RootElement));
        }

        return readings;
    }

    private static IEnumerable<Picture> Pictures(PicturePool pool, byte[] raw, int width, int height)
    {
        (int chromaWidth, int chromaHeight) = ((width + 1) / 2, (height + 1) / 2);
        for (int at = 0; at + (width * height) + (2 * chromaWidth * chromaHeight) <= raw.Length;)
        {
            Picture picture = pool.Rent(width, height);
            for (int y = 0; y < height; y++, at += width)
            {
                raw.AsSpan(at, width).CopyTo(picture.RowY(y));
            }

            for (int y = 0; y < chromaHeight; y++, at += chromaWidth)
            {
                raw.AsSpan(at, chromaWidth).CopyTo(picture.RowU(y));
            }

            for (int y = 0; y < chromaHeight; y++, at += chromaWidth)
            {
                raw.AsSpan(at, chromaWidth).CopyTo(picture.RowV(y));
            }

            yield return picture;
        }
    }

    private static byte[] Frames(string path, int every) => Run(
        "ffmpeg", string.Create(
            CultureInfo.InvariantCulture,
            $"-v error -nostdin -i \"{path}\" -vf \"select=not(mod(n\\,{every}))\" -fps_mode passthrough -pix_fmt yuv420p -f rawvideo -"),
        []);

    private static Reading Parse(JsonElement line)
    {
        if (line.TryGetProperty("classes", out JsonElement classes))
        {
            return new Reading(
                [], line.GetProperty("width").GetInt32(), line.GetProperty("height").GetInt32(), classes.GetBytesFromBase64());
        }

        return new Reading([.. line.GetProperty("boxes").EnumerateArray().Select(Box)], 0, 0, []);
    }

    private static Judged Box(JsonElement one)
    {
        return new Judged(
            one.GetProperty("cls").GetInt32(), one.GetProperty("score").GetSingle(), Edges(one.GetProperty("box")),
            [.. one.GetProperty("ties").EnumerateArray().Select(Edges)],
            one.TryGetProperty("mask", out JsonElement mask) ? mask.GetBytesFromBase64() : null);
    }

    private static RectF Edges(JsonElement box) => new(box[0].GetSingle(), box[1].GetSingle(), box[2].GetSingle(), box[3].GetSingle());

    private static byte[] Run(string program, string arguments, byte[] input)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        Task feeding = Task.Run(() =>
        {
            process.StandardInput.BaseStream.Write(input);
            process.StandardInput.Close();
        });
        using var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program}: {errors.Result}");
        feeding.Wait();
        return output.ToArray();
    }

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
