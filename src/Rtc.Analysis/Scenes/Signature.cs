using System.Numerics;
using Rtc.Media;

namespace Rtc.Analysis.Scenes;

/// <summary>
/// What of a picture the search for cuts looks at: a copy of some 64 pixels a side, and one of half that. Its memory serves one picture
/// after another.
/// </summary>
internal sealed class Signature
{
    private const int Side = 64;

    // Rows and columns at the edges that are all darker than this are bars beside the picture, where they leave this much of it.
    private const int MaxBar = 24;
    private const double MinInside = 0.4;

    /// <summary>Brightness, row by row.</summary>
    public byte[] Luma { get; private set; } = [];

    /// <summary>Both colours at half the size, one after the other.</summary>
    public byte[] Chroma { get; private set; } = [];

    /// <summary>The brightness at half the size.</summary>
    public byte[] Half { get; private set; } = [];

    /// <summary>The brightness, each pixel a mean of it and those around it: half a pixel of motion makes little of a difference.</summary>
    public byte[] Smooth { get; private set; } = [];

    public int Width { get; private set; }

    public int Height { get; private set; }

    /// <summary>The picture without black bars, in pixels of the copy.</summary>
    public (int Left, int Top, int Right, int Bottom) Inside { get; private set; }

    /// <summary>Mean of the luma inside, 0 to 255.</summary>
    public double Mean { get; private set; }

    /// <summary>Deviation of the luma: next to nothing where the picture is of one colour.</summary>
    public double Deviation { get; private set; }

    /// <summary>How much neighbouring pixels differ, as a mean of squares; halfway between two scenes it is half of theirs.</summary>
    public double Detail { get; private set; }

    /// <summary>Takes a picture in; it stays the caller's.</summary>
    public void Take(PictureView picture, PicturePool pool)
    {
        int longer = Math.Max(picture.Width, picture.Height);
        Width = Math.Max(2, (int)Math.Round((double)picture.Width * Side / longer / 2) * 2);
        Height = Math.Max(2, (int)Math.Round((double)picture.Height * Side / longer / 2) * 2);
        using Picture small = PictureOps.Scale(picture, Width, Height, pool);
        int places = Width * Height;
        if (Luma.Length != places)
        {
            Luma = new byte[places];
            Half = new byte[places / 4];
            Smooth = new byte[places];
            Chroma = new byte[2 * small.ChromaWidth * small.ChromaHeight];
        }

        for (int y = 0; y < Height; y++)
        {
            small.RowY(y).CopyTo(Luma.AsSpan(y * Width));
        }

        int half = Chroma.Length / 2;
        for (int y = 0; y < small.ChromaHeight; y++)
        {
            small.RowU(y).CopyTo(Chroma.AsSpan(y * small.ChromaWidth));
            small.RowV(y).CopyTo(Chroma.AsSpan(half + (y * small.ChromaWidth)));
        }

        Measure();
    }

    /// <summary>Mean change of a pixel, colours counted half, 0 to 255 and more.</summary>
    public double ChangeFrom(Signature other) => Distance(Luma, other.Luma) + Distance(Chroma, other.Chroma);

    /// <summary>Whether the two are of one size; where a video changes its size they are not.</summary>
    public bool HasSizeOf(Signature other) => (Width, Height) == (other.Width, other.Height);

    private static double Distance(byte[] a, byte[] b)
    {
        if (a.Length != b.Length || a.Length == 0)
        {
            return byte.MaxValue;
        }

        long sum = 0;
        int at = 0;
        for (; at <= a.Length - Vector<byte>.Count; at += Vector<byte>.Count)
        {
            var left = new Vector<byte>(a, at);
            var right = new Vector<byte>(b, at);
            Vector.Widen(Vector.Max(left, right) - Vector.Min(left, right), out Vector<ushort> low, out Vector<ushort> high);
            sum += Vector.Sum(low + high);
        }

        for (; at < a.Length; at++)
        {
            sum += Math.Abs(a[at] - b[at]);
        }

        return (double)sum / a.Length;
    }

    private void Measure()
    {
        int halfWidth = Width / 2;
        for (int y = 0; y < Height / 2; y++)
        {
            ReadOnlySpan<byte> upper = Luma.AsSpan(2 * y * Width, Width);
            ReadOnlySpan<byte> lower = Luma.AsSpan(((2 * y) + 1) * Width, Width);
            for (int x = 0; x < halfWidth; x++)
            {
                Half[(y * halfWidth) + x] = (byte)((upper[2 * x] + upper[(2 * x) + 1] + lower[2 * x] + lower[(2 * x) + 1] + 2) / 4);
            }
        }

        Soften();
        Inside = WithoutBars();
        Detail = DetailInside();
        long sum = 0, squares = 0;
        for (int y = Inside.Top; y < Inside.Bottom; y++)
        {
            foreach (byte here in Luma.AsSpan((y * Width) + Inside.Left, Inside.Right - Inside.Left))
            {
                sum += here;
                squares += here * here;
            }
        }

        double places = (Inside.Bottom - Inside.Top) * (Inside.Right - Inside.Left);
        Mean = sum / places;
        Deviation = Math.Sqrt(Math.Max(0, (squares / places) - (Mean * Mean)));
    }

    private void Soften()
    {
        for (int y = 0; y < Height; y++)
        {
            ReadOnlySpan<byte> above = Luma.AsSpan(Math.Max(0, y - 1) * Width, Width);
            ReadOnlySpan<byte> here = Luma.AsSpan(y * Width, Width);
            ReadOnlySpan<byte> below = Luma.AsSpan(Math.Min(Height - 1, y + 1) * Width, Width);
            Span<byte> to = Smooth.AsSpan(y * Width, Width);
            int before = above[0] + (2 * here[0]) + below[0], at = before;
            for (int x = 0; x < Width; x++)
            {
                int next = Math.Min(x + 1, Width - 1);
                int after = above[next] + (2 * here[next]) + below[next];
                to[x] = (byte)((before + (2 * at) + after + 8) / 16);
                (before, at) = (at, after);
            }
        }
    }

    private double DetailInside()
    {
        long sum = 0;
        for (int y = Inside.Top + 1; y < Inside.Bottom; y++)
        {
            for (int x = Inside.Left + 1; x < Inside.Right; x++)
            {
                int at = (y * Width) + x;
                int across = Smooth[at] - Smooth[at - 1], down = Smooth[at] - Smooth[at - Width];
                sum += (across * across) + (down * down);
            }
        }

        return (double)sum / Math.Max(1, (Inside.Bottom - Inside.Top - 1) * (Inside.Right - Inside.Left - 1));
    }

    private (int Left, int Top, int Right, int Bottom) WithoutBars()
    {
        int top = 0, bottom = Height, left = 0, right = Width;
        while (top < bottom && !Luma.AsSpan(top * Width, Width).ContainsAnyInRange((byte)MaxBar, byte.MaxValue))
        {
            top++;
        }

        while (bottom > top && !Luma.AsSpan((bottom - 1) * Width, Width).ContainsAnyInRange((byte)MaxBar, byte.MaxValue))
        {
            bottom--;
        }

        while (left < right && IsDark(left, top, bottom))
        {
            left++;
        }

        while (right > left && IsDark(right - 1, top, bottom))
        {
            right--;
        }

        // A bar's last row may be half of the picture.
        (top, bottom) = (top > 0 ? top + 1 : 0, bottom < Height ? bottom - 1 : Height);
        (left, right) = (left > 0 ? left + 1 : 0, right < Width ? right - 1 : Width);
        return right > left && bottom > top && (bottom - top) * (right - left) >= MinInside * Width * Height
            ? (left, top, right, bottom)
            : (0, 0, Width, Height);
    }

    private bool IsDark(int column, int top, int bottom)
    {
        for (int y = top; y < bottom; y++)
        {
            if (Luma[(y * Width) + column] >= MaxBar)
            {
                return false;
            }
        }

        return true;
    }
}
