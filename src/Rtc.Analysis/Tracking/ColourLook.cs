using Rtc.Media;

namespace Rtc.Analysis.Tracking;

/// <summary>
/// What an object looks like, without any model: how much of its upper and of its lower half is of which brightness and colour. Two
/// looks are compared by their product as vectors, of the root of each share, so that it is 1 where they are the same.
/// </summary>
internal static class ColourLook
{
    private const int LumaBins = 8;
    private const int ChromaBins = 4;
    private const int BinsOfHalf = LumaBins + (ChromaBins * ChromaBins);

    /// <summary>Bytes of one.</summary>
    public const int Length = 2 * BinsOfHalf;

    // Places that are looked at, across and down, within the middle of the box.
    private const int Places = 16;
    private const float Middle = 0.7f;

    /// <summary>Writes the look of what is in a box.</summary>
    public static void Write(Picture picture, in RectF box, Span<byte> into)
    {
        Span<int> counts = stackalloc int[Length];
        counts.Clear();
        for (int row = 0; row < Places; row++)
        {
            int y = At(box.CenterY, box.Height, row, picture.Height);
            Span<int> half = counts.Slice(row < Places / 2 ? 0 : BinsOfHalf, BinsOfHalf);
            Span<byte> luma = picture.RowY(y);
            Span<byte> u = picture.RowU(Math.Min(y / 2, picture.ChromaHeight - 1));
            Span<byte> v = picture.RowV(Math.Min(y / 2, picture.ChromaHeight - 1));
            for (int column = 0; column < Places; column++)
            {
                int x = At(box.CenterX, box.Width, column, picture.Width);
                int chroma = Math.Min(x / 2, picture.ChromaWidth - 1);
                half[luma[x] * LumaBins / 256]++;
                half[LumaBins + (Bin(u[chroma]) * ChromaBins) + Bin(v[chroma])]++;
            }
        }

        const double all = Places * Places;
        for (int i = 0; i < Length; i++)
        {
            into[i] = (byte)Math.Round(Math.Sqrt(counts[i] / all) * byte.MaxValue);
        }
    }

    /// <summary>The same as numbers, of length 1.</summary>
    public static void Read(ReadOnlySpan<byte> look, Span<float> into)
    {
        float squares = 0;
        for (int i = 0; i < look.Length; i++)
        {
            into[i] = look[i];
            squares += into[i] * into[i];
        }

        float length = MathF.Sqrt(Math.Max(1, squares));
        for (int i = 0; i < look.Length; i++)
        {
            into[i] /= length;
        }
    }

    private static int At(float middle, float side, int place, int end) =>
        Math.Clamp((int)(middle + (((place + 0.5f) / Places) - 0.5f) * Middle * side), 0, end - 1);

    /// <summary>Most colours are near grey: the outer bins are wider.</summary>
    private static int Bin(byte chroma) => chroma < 112 ? 0 : chroma < 128 ? 1 : chroma < 144 ? 2 : 3;
}
