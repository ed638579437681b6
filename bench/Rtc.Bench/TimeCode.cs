using Rtc.Media;

namespace Rtc.Bench;

/// <summary>
/// A picture's own clock: a number in black and white cells, large enough to survive coding at a low rate, with a check so
/// that a damaged one is not read as another time. It lies along the lower edge, in one row where the picture is wide
/// enough: a detector of movement takes a clock for something that moves, and the label of what it finds there is then
/// drawn above the clock and not on it.
/// </summary>
internal static class TimeCode
{
    private const int Bits = 32;
    private const int CheckBits = 8;
    private const int Cells = Bits + CheckBits;
    private const byte Black = 20;
    private const byte White = 230;
    private const byte Middle = 125;

    public static int Cell(int width) => Math.Max(8, width / 40 / 8 * 8);

    public static void Write(Picture picture, uint value)
    {
        int cell = Cell(picture.Width);
        ulong bits = Sealed(value);
        for (int index = 0; index < Cells; index++)
        {
            (int left, int top) = Corner(index, picture.Width, picture.Height);
            byte level = ((bits >> index) & 1) != 0 ? White : Black;
            for (int y = top; y < top + cell; y++)
            {
                picture.RowY(y).Slice(left, cell).Fill(level);
            }
        }

        int across = CellsPerRow(picture.Width) * cell / 2;
        for (int y = Corner(0, picture.Width, picture.Height).Top / 2; y < picture.ChromaHeight; y++)
        {
            picture.RowU(y)[..across].Fill(128);
            picture.RowV(y)[..across].Fill(128);
        }
    }

    public static bool TryRead(Picture picture, out uint value)
    {
        int cell = Cell(picture.Width);
        ulong bits = 0;
        for (int index = 0; index < Cells; index++)
        {
            (int left, int top) = Corner(index, picture.Width, picture.Height);
            left += cell / 4;
            top += cell / 4;
            int sum = 0;
            int count = 0;
            for (int y = top; y < top + (cell / 2); y++)
            {
                foreach (byte level in picture.RowY(y).Slice(left, cell / 2))
                {
                    sum += level;
                    count++;
                }
            }

            if (sum > Middle * count)
            {
                bits |= 1UL << index;
            }
        }

        value = (uint)bits;
        return Sealed(value) == bits;
    }

    private static int CellsPerRow(int width) => Math.Min(Cells, width / Cell(width));

    private static (int Left, int Top) Corner(int index, int width, int height)
    {
        int cell = Cell(width);
        int perRow = CellsPerRow(width);
        int rows = (Cells + perRow - 1) / perRow;
        return (index % perRow * cell, ((height - (rows * cell)) & ~1) + (index / perRow * cell));
    }

    private static ulong Sealed(uint value)
    {
        uint check = (value ^ (value >> 8) ^ (value >> 16) ^ (value >> 24) ^ 0xA5) & 0xFF;
        return value | ((ulong)check << Bits);
    }
}
