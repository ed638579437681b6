using Rtc.Media;

namespace Rtc.Inference.Motion;

/// <summary>A picture reduced by averaging whole blocks, which also takes out most of a camera's noise.</summary>
internal sealed unsafe class SmallPicture
{
    private readonly int _sourceWidth;
    private readonly int _sourceHeight;
    private readonly int _block;
    private readonly int[] _sums;

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
        _sums = new int[Width];
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
    public void TakeLuma(Picture picture) => Average(picture.Y, picture.StrideY, _block, Y);

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

        Average(picture.U, picture.StrideUV, chromaBlock, U);
        Average(picture.V, picture.StrideUV, chromaBlock, V);
    }

    private void Average(byte* plane, int stride, int block, byte[] into)
    {
        // Every second row of a block is enough, and halves the reading.
        int rowStep = block >= 4 ? 2 : 1;
        int rows = (block + rowStep - 1) / rowStep;
        int divisor = rows * block;
        int reciprocal = ((1 << 16) + (divisor / 2)) / divisor;
        for (int y = 0; y < Height; y++)
        {
            Array.Clear(_sums);
            for (int row = 0; row < block; row += rowStep)
            {
                byte* line = plane + ((long)((y * block) + row) * stride);
                for (int x = 0; x < _sums.Length; x++)
                {
                    int sum = 0;
                    for (int i = 0; i < block; i++)
                    {
                        sum += *line++;
                    }

                    _sums[x] += sum;
                }
            }

            for (int x = 0; x < _sums.Length; x++)
            {
                into[(y * Width) + x] = (byte)Math.Min(255, ((_sums[x] * reciprocal) + (1 << 15)) >> 16);
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
