using Rtc.Media;

namespace Rtc.Bench;

/// <summary>What the bench's phones film: a still, textured scene with things that move. Every frame can be made on its own.</summary>
internal sealed class Clip(int width, int height) : IFrameSource
{
    private readonly byte[] _scene = Scene(width, height);

    public void Draw(Picture picture, long frame)
    {
        for (int y = 0; y < height; y++)
        {
            _scene.AsSpan(y * width, width).CopyTo(picture.RowY(y));
        }

        for (int y = 0; y < picture.ChromaHeight; y++)
        {
            picture.RowU(y).Fill(122);
            picture.RowV(y).Fill(134);
        }

        double turn = frame * 2 * Math.PI / 120;
        Block(picture, 0.5 + (0.35 * Math.Cos(turn)), 0.45, width / 9, height / 3, 215, 90, 150);
        Block(picture, 0.5 - (0.35 * Math.Sin(turn)), 0.78, width / 7, height / 5, 45, 160, 110);
    }

    private static byte[] Scene(int width, int height)
    {
        byte[] scene = new byte[width * height];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int grain = (int)(((uint)((x / 3 * 73856093) ^ (y / 3 * 19349663)) >> 7) & 15);
                scene[(y * width) + x] = (byte)(80 + (x * 50 / width) + (y * 40 / height) + grain);
            }
        }

        return scene;
    }

    private static void Block(Picture picture, double centerX, double centerY, int blockWidth, int blockHeight, byte luma, byte u, byte v)
    {
        int left = Math.Clamp((int)(centerX * picture.Width) - (blockWidth / 2), 0, picture.Width - blockWidth) & ~1;
        int top = Math.Clamp((int)(centerY * picture.Height) - (blockHeight / 2), 0, picture.Height - blockHeight) & ~1;
        for (int y = top; y < top + blockHeight; y++)
        {
            Span<byte> row = picture.RowY(y).Slice(left, blockWidth);
            for (int x = 0; x < row.Length; x++)
            {
                row[x] = (byte)(luma + ((((x / 10) + ((y - top) / 10)) & 1) * 20));
            }
        }

        for (int y = top / 2; y < (top + blockHeight) / 2; y++)
        {
            picture.RowU(y).Slice(left / 2, blockWidth / 2).Fill(u);
            picture.RowV(y).Slice(left / 2, blockWidth / 2).Fill(v);
        }
    }
}
