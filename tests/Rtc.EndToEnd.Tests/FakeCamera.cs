using System.Globalization;
using System.Text;

namespace Rtc.EndToEnd.Tests;

/// <summary>
/// A generated camera for Chromium: a Y4M file with a still, textured background and blocks that move over it.
/// Made once per kind and kept in the system's folder for temporary files.
/// </summary>
public static class FakeCamera
{
    private const int Frames = 90;
    private static readonly Lock s_gate = new();

    public static string Moving(int width = 640, int height = 480, int framesPerSecond = 30)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"rtc-camera-{width}x{height}-{framesPerSecond}-3.y4m");
        string path = Path.Combine(Path.GetTempPath(), name);
        lock (s_gate)
        {
            if (!File.Exists(path))
            {
                string part = $"{path}.{Environment.ProcessId}";
                Write(part, width, height, framesPerSecond);
                File.Move(part, path, overwrite: true);
            }
        }

        return path;
    }

    private static void Write(string path, int width, int height, int framesPerSecond)
    {
        using FileStream file = File.Create(path);
        file.Write(
            Encoding.ASCII.GetBytes(
                string.Create(CultureInfo.InvariantCulture, $"YUV4MPEG2 W{width} H{height} F{framesPerSecond}:1 Ip A1:1 C420jpeg\n")));
        byte[] luma = new byte[width * height];
        byte[] chroma = new byte[(width / 2) * (height / 2)];
        byte[] header = Encoding.ASCII.GetBytes("FRAME\n");
        for (int frame = 0; frame < Frames; frame++)
        {
            for (int y = 0; y < height; y++)
            {
                for (int x = 0; x < width; x++)
                {
                    // A soft ramp with a coarse grain, so that a codec and a background model have something to hold on to.
                    luma[(y * width) + x] = (byte)(70 + (x * 60 / width) + (y * 30 / height) + (((x / 16 * 31) ^ (y / 16 * 17)) & 15));
                }
            }

            double turn = 2 * Math.PI * frame / Frames;
            Block(luma, width, height, (int)(width * (0.5 + (0.3 * Math.Cos(turn)))), height / 3, width / 8, height / 4, 225);
            Block(luma, width, height, (int)(width * (0.5 - (0.3 * Math.Cos(turn)))), height * 3 / 4, width / 7, height / 5, 20);
            file.Write(header);
            file.Write(luma);
            Array.Fill(chroma, (byte)128);
            file.Write(chroma);
            file.Write(chroma);
        }
    }

    private static void Block(byte[] luma, int width, int height, int centerX, int centerY, int blockWidth, int blockHeight, byte value)
    {
        for (int y = Math.Max(0, centerY - (blockHeight / 2)); y < Math.Min(height, centerY + (blockHeight / 2)); y++)
        {
            for (int x = Math.Max(0, centerX - (blockWidth / 2)); x < Math.Min(width, centerX + (blockWidth / 2)); x++)
            {
                luma[(y * width) + x] = (byte)(value + (((x / 8) ^ (y / 8)) & 1) * (value > 128 ? -25 : 25));
            }
        }
    }
}
