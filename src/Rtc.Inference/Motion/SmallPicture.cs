using System.Runtime.Intrinsics;
using Rtc.Media;

namespace Rtc.Inference.Motion;

/// <summary>A picture reduced by averaging whole blocks, which also takes out most of a camera's noise.</summary>
internal sealed unsafe class SmallPicture
{
    private readonly int _sourceWidth;
    private readonly int _sourceHeight;
    private readonly int _block;
    private readonly ushort[] _sums;

    private SmallPicture(int sourceWidth, int sourceHeight, int block)
    {
        _sourceWidth = sourceWidth;
        _sourceHeight = sourceHeight;
        _block = block;
        Width = Math.Max(1, sourceWidth / block);
        Height = Math.Max(1, sourceHeight / block);
        Y = new byte[Width * Height];
        U = new byte[Width * Height];
        V = new byte[Width * Height];

        // A strip is thinner than a block.
        _sums = new ushort[Width * Math.Min(block, sourceWidth)];
    }

    public int Width { get; }

    public int Height { get; }

    public byte[] Y { get; }

    public byte[] U { get; }

    public byte[] V { get; }

    public static SmallPicture For(Picture picture, int longest)
    {
        // An even block covers whole chroma pixels.
        int block = Math.Max(1, (Math.Max(picture.Width, picture.Height) + longest - 1) / longest);
        block = block == 1 ? 1 : (block + 1) / 2 * 2;
        return new SmallPicture(picture.Width, picture.Height, block);
    }

    public bool Fits(Picture picture) => picture.Width == _sourceWidth && picture.Height == _sourceHeight;

    /// <summary>Luma alone; the chroma stays what it was.</summary>
    public void TakeLuma(Picture picture) => Average(picture.Y, picture.StrideY, picture.Width, picture.Height, _block, Y);

    public void Take(Picture picture)
    {
        TakeLuma(picture);
        int chromaBlock = Math.Max(1, _block / 2);
        if (_block == 1)
        {
            Spread(picture.U, picture.StrideUV, U);
            Spread(picture.V, picture.StrideUV, V);
            return;
        }

        Average(picture.U, picture.StrideUV, picture.ChromaWidth, picture.ChromaHeight, chromaBlock, U);
        Average(picture.V, picture.StrideUV, picture.ChromaWidth, picture.ChromaHeight, chromaBlock, V);
    }

    private void Average(byte* plane, int stride, int planeWidth, int planeHeight, int block, byte[] into)
    {
        // Every second row of a block is enough, and halves the reading.
        int rowStep = block >= 4 ? 2 : 1;
        int rows = (Math.Min(block, planeHeight) + rowStep - 1) / rowStep;
        int columns = Math.Min(block, planeWidth);
        int divisor = rows * columns;
        int reciprocal = ((1 << 16) + (divisor / 2)) / divisor;
        for (int y = 0; y < Height; y++)
        {
            AddRows(plane + ((long)(y * block) * stride), stride, rows, rowStep, Width * columns);
            int at = 0;
            for (int x = 0; x < Width; x++)
            {
                int sum = 0;
                for (int i = 0; i < columns; i++)
                {
                    sum += _sums[at++];
                }

                into[(y * Width) + x] = (byte)Math.Min(255, ((sum * reciprocal) + (1 << 15)) >> 16);
            }
        }
    }

    /// <summary>Adds a block's rows up, column by column.</summary>
    private void AddRows(byte* line, int stride, int rows, int rowStep, int width)
    {
        fixed (ushort* sums = _sums)
        {
            int x = 0;
            for (; x <= width - Vector128<byte>.Count; x += Vector128<byte>.Count)
            {
                Vector128<ushort> lower = default;
                Vector128<ushort> upper = default;
                for (int row = 0; row < rows; row++)
                {
                    (Vector128<ushort> first, Vector128<ushort> second) =
                        Vector128.Widen(Vector128.Load(line + x + ((long)row * rowStep * stride)));
                    lower += first;
                    upper += second;
                }

                lower.Store(sums + x);
                upper.Store(sums + x + Vector128<ushort>.Count);
            }

            for (; x < width; x++)
            {
                int sum = 0;
                for (int row = 0; row < rows; row++)
                {
                    sum += line[x + ((long)row * rowStep * stride)];
                }

                sums[x] = (ushort)sum;
            }
        }
    }

    private void Spread(byte* plane, int stride, byte[] into)
    {
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                into[(y * Width) + x] = plane[((long)(y / 2) * stride) + (x / 2)];
            }
        }
    }
}
