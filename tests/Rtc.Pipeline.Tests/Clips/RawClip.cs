using System.Diagnostics;
using Rtc.Media;
using Xunit;

namespace Rtc.Pipeline.Tests.Clips;

/// <summary>A real clip's pictures, decoded by the ffmpeg program through a pipe.</summary>
internal sealed class RawClip : IDisposable
{
    private readonly Process _ffmpeg;

    private RawClip(Process ffmpeg, int width, int height)
    {
        _ffmpeg = ffmpeg;
        Width = width;
        Height = height;
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>Skips the test where there is no such clip, or no ffmpeg to read it.</summary>
    public static RawClip Open(string relative, int width, int height, double fromSecond, int pictures)
    {
        string path = TestData.Find(relative);
        try
        {
            var start = new ProcessStartInfo("ffmpeg")
            {
                RedirectStandardOutput = true,
                UseShellExecute = false,
                ArgumentList =
                {
                    "-v", "error", "-threads", "1", "-ss", fromSecond.ToString(System.Globalization.CultureInfo.InvariantCulture), "-i",
                    path,
                    "-frames:v", pictures.ToString(System.Globalization.CultureInfo.InvariantCulture), "-pix_fmt", "yuv420p", "-f",
                    "rawvideo", "-",
                },
            };
            return new RawClip(Process.Start(start)!, width, height);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("the ffmpeg program is not installed");
            throw;
        }
    }

    public Picture? Next(PicturePool pool)
    {
        Picture picture = pool.Rent(Width, Height);
        Stream stream = _ffmpeg.StandardOutput.BaseStream;
        bool whole = true;
        for (int y = 0; y < Height && whole; y++)
        {
            whole = Read(stream, picture.RowY(y));
        }

        for (int y = 0; y < picture.ChromaHeight && whole; y++)
        {
            whole = Read(stream, picture.RowU(y));
        }

        for (int y = 0; y < picture.ChromaHeight && whole; y++)
        {
            whole = Read(stream, picture.RowV(y));
        }

        if (whole)
        {
            return picture;
        }

        picture.Dispose();
        return null;
    }

    public void Dispose()
    {
        if (!_ffmpeg.HasExited)
        {
            _ffmpeg.Kill();
        }

        _ffmpeg.WaitForExit();
        _ffmpeg.Dispose();
    }

    private static bool Read(Stream stream, Span<byte> row) =>
        stream.ReadAtLeast(row, row.Length, throwOnEndOfStream: false) == row.Length;
}
