using Rtc.Media;

namespace Rtc.Bench;

/// <summary>
/// A picture's own clock: a number in black and white cells in the top left corner, large enough to survive
/// coding at a low rate, with a check so that a damaged one is not read as another time.
/// </summary>
internal static class TimeCode
{
    private const int Bits = 32;
    private const int CheckBits = 8;
    private const int CellsPerRow = 20;
    private const int Rows = (Bits + CheckBits) / CellsPerRow;
    private const byte Black = 20;
    private const byte White = 230;
    private const byte Middle = 125;

    public static int Cell(int width) => Math.Max(8, width / 40 / 8 * 8);

    public static void Write(Picture picture, uint value)
    {
        int cell = Cell(picture.Width);
        ulong bits = Sealed(value);
        for (int index = 0; index < Bits + CheckBits; index++)
        {
            int left = index % CellsPerRow * cell;
            int top = index / CellsPerRow * cell;
            byte level = ((bits >> index) & 1) != 0 ? White : Black;
            for (int y = top; y < top + cell; y++)
            {
                picture.RowY(y).Slice(left, cell).Fill(level);
            }
        }

        for (int y = 0; y < Rows * cell / 2; y++)
        {
            picture.RowU(y)[..(CellsPerRow * cell / 2)].Fill(128);
            picture.RowV(y)[..(CellsPerRow * cell / 2)].Fill(128);
        }
    }

    public static bool TryRead(Picture picture, out uint value)
    {
        int cell = Cell(picture.Width);
        ulong bits = 0;
        for (int index = 0; index < Bits + CheckBits; index++)
        {
            int left = (index % CellsPerRow * cell) + (cell / 4);
            int top = (index / CellsPerRow * cell) + (cell / 4);
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

    private static ulong Sealed(uint value)
    {
        uint check = (value ^ (value >> 8) ^ (value >> 16) ^ (value >> 24) ^ 0xA5) & 0xFF;
        return value | ((ulong)check << Bits);
    }
}
