using System.Diagnostics;
using System.Globalization;
using Rtc.Media;
using Rtc.Media.Codecs;
using Rtc.Media.Factory;

namespace Rtc.Micro.Pipeline;

/// <summary>A real clip as a phone would send it: scaled by the ffmpeg program, coded once as VP8, offered again and again.</summary>
internal sealed class CodedClip
{
    private readonly List<(byte[] Data, bool IsKey)> _pictures = [];

    public CodedClip(string path, int width, int height, int pictures)
    {
        using var pool = new PicturePool();
        using IVideoEncoder encoder = VideoCodecs.CreateEncoder(VideoCodec.Vp8, new EncoderSettings
        {
            Width = width,
            Height = height,
            BitrateKbps = 1500,
            MayDrop = false,
        });
        var start = new ProcessStartInfo("ffmpeg") { RedirectStandardOutput = true };
        foreach (string argument in (string[])["-v", "error", "-i", path, "-vf", $"scale={width}:{height}", "-frames:v",
            pictures.ToString(CultureInfo.InvariantCulture), "-pix_fmt", "yuv420p", "-f", "rawvideo", "-"])
        {
            start.ArgumentList.Add(argument);
        }

        using Process ffmpeg = Process.Start(start)!;
        Stream stream = ffmpeg.StandardOutput.BaseStream;
        byte[] raw = new byte[width * height * 3 / 2];
        while (_pictures.Count < pictures && stream.ReadAtLeast(raw, raw.Length, throwOnEndOfStream: false) == raw.Length)
        {
            using Picture picture = pool.Rent(width, height);
            Fill(picture, raw);
            using EncodedFrame coded = encoder.Encode(picture, (uint)(_pictures.Count * 3000), _pictures.Count == 0)!;
            _pictures.Add((coded.Data.ToArray(), coded.IsKey));
        }

        ffmpeg.Kill();
        ffmpeg.WaitForExit();
    }

    /// <summary>A made-up clip, for machines without one.</summary>
    public CodedClip(int width, int height, int pictures)
    {
        using var pool = new PicturePool();
        using IVideoEncoder encoder = VideoCodecs.CreateEncoder(VideoCodec.Vp8, new EncoderSettings
        {
            Width = width,
            Height = height,
            BitrateKbps = 1500,
            MayDrop = false,
        });
        for (int i = 0; i < pictures; i++)
        {
            using Picture picture = Media.Scene.At(pool, width, height, i);
            using EncodedFrame coded = encoder.Encode(picture, (uint)(i * 3000), i == 0)!;
            _pictures.Add((coded.Data.ToArray(), coded.IsKey));
        }
    }

    public int Count => _pictures.Count;

    /// <summary>The picture of a stream that repeats the clip for ever, with a key frame at each beginning.</summary>
    public EncodedFrame At(long index, double nowMs)
    {
        (byte[] data, bool isKey) = _pictures[(int)(index % _pictures.Count)];
        EncodedFrame frame = EncodedFramePool.Shared.Rent(VideoCodec.Vp8, unchecked((uint)(index * 3000)));
        frame.IsKey = isKey;
        frame.Arrival = Instant.FromMilliseconds(nowMs);
        frame.CaptureNtp = NtpTime.FromUnixMilliseconds(nowMs);
        frame.Append(data);
        return frame;
    }

    private static void Fill(Picture picture, byte[] raw)
    {
        int at = 0;
        for (int y = 0; y < picture.Height; y++, at += picture.Width)
        {
            raw.AsSpan(at, picture.Width).CopyTo(picture.RowY(y));
        }

        for (int y = 0; y < picture.ChromaHeight; y++, at += picture.ChromaWidth)
        {
            raw.AsSpan(at, picture.ChromaWidth).CopyTo(picture.RowU(y));
        }

        for (int y = 0; y < picture.ChromaHeight; y++, at += picture.ChromaWidth)
        {
            raw.AsSpan(at, picture.ChromaWidth).CopyTo(picture.RowV(y));
        }
    }
}
