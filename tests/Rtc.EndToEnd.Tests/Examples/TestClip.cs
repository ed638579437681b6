using Rtc.Bitstream.H264;
using Rtc.Examples;

namespace Rtc.EndToEnd.Tests.Examples;

/// <summary>Two seconds of a moving test picture in an IVF file, with one key frame: whoever gets another one sees the loop.</summary>
internal static class TestClip
{
    public const int Pictures = 60;

    private const string Source = "-y -v error -f lavfi -i testsrc=size=320x240:rate=30 -frames:v 60 -pix_fmt yuv420p -g 600 -b:v 400k";

    public static async Task MakeAsync(string path, VideoCodec codec)
    {
        if (codec == VideoCodec.Vp8)
        {
            await Tools.RunAsync("ffmpeg", $"{Source} -c:v libvpx -deadline realtime -auto-alt-ref 0 -f ivf {path}");
            return;
        }

        // ffmpeg reads H.264 from IVF and writes none.
        string stream = path + ".h264";
        await Tools.RunAsync("ffmpeg", $"{Source} -c:v libx264 -profile:v baseline -tune zerolatency -x264-params aud=1 -f h264 {stream}");
        using var writer = new IvfWriter(File.Create(path));
        WriteUnits(await File.ReadAllBytesAsync(stream), writer);
    }

    private static void WriteUnits(byte[] stream, IvfWriter writer)
    {
        var units = new AnnexBReader(stream);
        uint timestamp = 0;
        EncodedFrame? picture = null;
        while (units.Read())
        {
            if (units.Type == NalType.Delimiter)
            {
                Finish(picture);
                picture = EncodedFramePool.Shared.Rent(VideoCodec.H264, timestamp);
                timestamp += 3000;
            }

            picture!.IsKey |= units.Type == NalType.Idr;
            picture.Append(AnnexBReader.StartCode);
            picture.Append(units.Current);
        }

        Finish(picture);

        void Finish(EncodedFrame? whole)
        {
            if (whole is not null)
            {
                writer.TryWrite(whole);
                whole.Dispose();
            }
        }
    }
}
