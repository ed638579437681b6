using Rtc.Media;
using Rtc.Media.Containers;
using Rtc.Media.Containers.Reading;
using Rtc.Media.Containers.Writing;

namespace Rtc.Analysis.Tests.Running;

/// <summary>
/// A clip of three scenes: a white square crosses the left half and is small for a while, another stands in the right half; the grounds
/// differ from scene to scene, the second goes over into the third through black.
/// </summary>
internal static class SquareClip
{
    public const int Pictures = 96;
    public const int Width = 160;
    public const int Height = 96;
    public static readonly long[] Cuts = [36, 66];

    private const int BlackFrom = 62;
    private const int BlackTo = 70;

    private static readonly Lazy<byte[]> s_file = new(Encode);

    public static string Write(string path)
    {
        File.WriteAllBytes(path, s_file.Value);
        return path;
    }

    private static byte[] Encode()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("rtc-clip-");
        try
        {
            string path = Path.Combine(folder.FullName, "clip.mp4");
            Encode(path);
            return File.ReadAllBytes(path);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Encode(string path)
    {
        using var pool = new PicturePool();
        var options = new FinishedVideoOptions
        {
            Width = Width, Height = Height, FrameRate = new Ratio(24, 1), Preset = "ultrafast", Quality = 12,
        };
        using FinishedVideo video = FinishedVideo.Create(path, options, new ContainerLimits(), CancellationToken.None);
        for (int number = 0; number < Pictures; number++)
        {
            using Picture picture = pool.Rent(Width, Height);
            Paint(picture, number);
            Assert.True(video.TryWrite(picture), video.Refusal?.Message);
        }

        Assert.True(video.TryFinish(), video.Refusal?.Message);
    }

    private static void Paint(Picture picture, int number)
    {
        int scene = number < Cuts[0] ? 0 : number < Cuts[1] ? 1 : 2;
        bool isBlack = number is >= BlackFrom and < BlackTo;
        for (int y = 0; y < Height; y++)
        {
            Span<byte> row = picture.RowY(y);
            for (int x = 0; x < Width; x++)
            {
                row[x] = (byte)(isBlack ? 16 : 40 + (((x / 16 * (scene + 3)) + (y / 12 * (7 - scene))) * 13 % 90));
            }

            if (!isBlack)
            {
                int side = number % 30 is > 20 and < 24 ? 17 : 22;
                int left = 4 + (number % 36);
                if (y >= 30 && y < 30 + side)
                {
                    row.Slice(left, side).Fill(230);
                }

                if (scene != 1 && y is >= 50 and < 80)
                {
                    row.Slice(110, 26).Fill(230);
                }
            }
        }

        for (int y = 0; y < Height / 2; y++)
        {
            picture.RowU(y).Fill((byte)(isBlack ? 128 : 100 + (scene * 30)));
            picture.RowV(y).Fill((byte)(isBlack ? 128 : 150 - (scene * 30)));
        }
    }
}
