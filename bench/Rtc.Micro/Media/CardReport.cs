using System.Diagnostics;
using System.Globalization;
using Rtc.Media;
using Rtc.Media.Codecs;
using Rtc.Media.Codecs.H264;

namespace Rtc.Micro.Media;

/// <summary>
/// H.264 by the graphics card beside the processor: what a picture takes by the clock, which is delay, and what it takes
/// of the processor, which is room for others. It shows from which size on the way to the card is worth going.
/// </summary>
internal static class CardReport
{
    private const int Pictures = 300;

    public static int Run()
    {
        Console.WriteLine(
            "operation                          by the processor          by the card    (ms by the clock / of the processor)");
        foreach ((int width, int height) in new[] { (640, 480), (1280, 720), (1920, 1080), (3840, 2160) })
        {
            using var pool = new PicturePool();
            var pictures = Enumerable.Range(0, 30).Select(time => Scene.At(pool, width, height, time)).ToList();
            var settings = new EncoderSettings
            {
                Width = width,
                Height = height,
                BitrateKbps = width * height / 500,
                Hardware = CodecHardware.Off,
            };
            var stream = new List<byte[]>();
            Cost writtenHere = Write(settings, pictures, stream);
            Cost writtenThere = Write(settings with { Hardware = CodecHardware.Always }, pictures, []);
            Print($"{width}×{height} H.264 encode", writtenHere, writtenThere);
            Print($"{width}×{height} H.264 decode", Read(CodecHardware.Off, stream, pool), Read(CodecHardware.Always, stream, pool));
            pictures.ForEach(picture => picture.Dispose());
            if (!writtenThere.OnCard)
            {
                Console.WriteLine("no card with NVENC here");
                return 1;
            }
        }

        return 0;
    }

    private static Cost Write(EncoderSettings settings, List<Picture> pictures, List<byte[]> stream)
    {
        using var encoder = new H264Encoder(settings);
        return Take(encoder.Implementation == H264Writer.Nvenc, i =>
        {
            using EncodedFrame coded = encoder.Encode(pictures[i % pictures.Count], (uint)(i * 3000), false)!;
            stream.Add(coded.Data.ToArray());
        });
    }

    private static Cost Read(CodecHardware hardware, List<byte[]> stream, PicturePool pool)
    {
        using var decoder = new H264Decoder(hardware);
        Cost cost = Take(false, i =>
        {
            decoder.Decode(stream[i], pool, out Picture? picture);
            picture?.Dispose();
        });
        return cost with { OnCard = decoder.OnCard };
    }

    private static Cost Take(bool onCard, Action<int> once)
    {
        // The first opens what there is to open.
        once(0);
        using Process process = Process.GetCurrentProcess();
        TimeSpan busy = process.TotalProcessorTime;
        long began = Stopwatch.GetTimestamp();
        for (int i = 1; i <= Pictures; i++)
        {
            once(i);
        }

        double clock = Stopwatch.GetElapsedTime(began).TotalMilliseconds / Pictures;
        process.Refresh();
        return new Cost(onCard, clock, (process.TotalProcessorTime - busy).TotalMilliseconds / Pictures);
    }

    private static void Print(string what, Cost here, Cost there) =>
        Console.WriteLine(
            string.Create(
            CultureInfo.InvariantCulture,
            $"{what,-30} {here.Clock,10:0.00} / {here.Processor:0.00}   {(there.OnCard ? $"{there.Clock,14:0.00} / "
            + $"{there.Processor:0.00}" : "              none")}"));

    private sealed record Cost(bool OnCard, double Clock, double Processor);
}
