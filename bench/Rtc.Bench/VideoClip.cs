using System.Diagnostics;
using System.Globalization;
using Rtc.Media;

namespace Rtc.Bench;

/// <summary>A real clip, decoded by the ffmpeg program and kept in memory, played round and round.</summary>
internal sealed class VideoClip : IFrameSource
{
    private const int MaxFrames = 600;
    private readonly List<byte[]> _frames = [];
    private readonly int _width;
    private readonly int _height;

    private VideoClip(int width, int height)
    {
        _width = width;
        _height = height;
    }

    public static VideoClip Read(string file, int width, int height)
    {
        if (!File.Exists(file))
        {
            throw new UsageException($"{file} cannot be read");
        }

        string scale = string.Create(CultureInfo.InvariantCulture, $"scale={width}:{height}");
        var start = new ProcessStartInfo("ffmpeg", ["-v", "error", "-i", file, "-vf", scale, "-r", "30", "-pix_fmt", "yuv420p", "-f",
            "rawvideo", "-"]) { RedirectStandardOutput = true };
        using Process ffmpeg = Process.Start(start) ?? throw new UsageException("the ffmpeg program is needed to read a clip");
        var clip = new VideoClip(width, height);
        byte[] frame = new byte[width * height * 3 / 2];
        while (clip._frames.Count < MaxFrames
            && ffmpeg.StandardOutput.BaseStream.ReadAtLeast(frame, frame.Length, throwOnEndOfStream: false) == frame.Length)
        {
            clip._frames.Add(frame);
            frame = new byte[frame.Length];
        }

        if (!ffmpeg.HasExited)
        {
            ffmpeg.Kill();
        }

        return clip._frames.Count > 0 ? clip : throw new UsageException($"{file} holds no pictures that ffmpeg can read");
    }

    public void Draw(Picture picture, long frame)
    {
        ReadOnlySpan<byte> data = _frames[(int)(frame % _frames.Count)];
        for (int y = 0; y < _height; y++)
        {
            data.Slice(y * _width, _width).CopyTo(picture.RowY(y));
        }

        ReadOnlySpan<byte> u = data[(_width * _height)..];
        ReadOnlySpan<byte> v = u[(_width * _height / 4)..];
        for (int y = 0; y < _height / 2; y++)
        {
            u.Slice(y * _width / 2, _width / 2).CopyTo(picture.RowU(y));
            v.Slice(y * _width / 2, _width / 2).CopyTo(picture.RowV(y));
        }
    }
}
