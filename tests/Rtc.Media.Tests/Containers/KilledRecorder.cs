using System.Globalization;
using Rtc.Media.Codecs;
using Rtc.Media.Containers.Writing;
using Rtc.Media.Factory;
using Rtc.Media.Tests.Support;

namespace Rtc.Media.Tests.Containers;

/// <summary>A program that records until it is killed, and says how many pictures it has been given.</summary>
internal static class KilledRecorder
{
    public const int Rate = 30;

    public static int Run(string path, VideoCodec codec)
    {
        using var pool = new PicturePool();
        using IVideoEncoder encoder = VideoCodecs.CreateEncoder(
            codec, new EncoderSettings { Width = 160, Height = 120, BitrateKbps = 200, MayDrop = false });
        using VideoRecorder recorder = VideoRecorder.Create(path, long.MaxValue, TimeSpan.MaxValue);
        for (int i = 0; ; i++)
        {
            using Picture picture = Pictures.Scene(pool, 160, 120, i % 50);
            using EncodedFrame frame = encoder.Encode(picture, (uint)(i * 3000), i == 0)!;
            recorder.Add(frame, new Instant(i * 1_000_000L / Rate), out _);
            Console.WriteLine((i + 1).ToString(CultureInfo.InvariantCulture));
        }
    }
}
