namespace Rtc.Media.Drawing;

/// <summary>
/// The font at one size, as coverage of pixels 0 to 255. A glyph is rasterised when it is first wanted and stays:
/// there are 96 of them and 57 sizes, a few hundred bytes each.
/// </summary>
internal sealed class GlyphSet
{
    private const int SmallestSize = 8;
    private const int LargestSize = 64;

    // A pen this thick against the capitals' height reads well on moving pictures without filling in the small loops.
    private const float PenOfCapHeight = 0.125f;
    private const float ThinnestPen = 1.25f;

    private static readonly GlyphSet?[] Sets = new GlyphSet?[LargestSize + 1];

    private readonly Glyph?[] _glyphs = new Glyph?[StrokeFont.Count];
    private readonly float _scale;
    private readonly float _pen;

    private GlyphSet(int capHeight)
    {
        CapHeight = capHeight;
        _scale = (float)capHeight / StrokeFont.CapHeight;
        _pen = MathF.Max(ThinnestPen, capHeight * PenOfCapHeight);
        Margin = (int)MathF.Ceiling(_pen / 2) + 1;
        Descent = (int)MathF.Ceiling(StrokeFont.Descent * _scale);
    }

    public int CapHeight { get; }

    public int Descent { get; }

    /// <summary>Pixels around the strokes' skeleton that the pen's thickness needs.</summary>
    public int Margin { get; }

    public static GlyphSet OfSize(int capHeight)
    {
        capHeight = Math.Clamp(capHeight, SmallestSize, LargestSize);

        // Two threads may both build one; the first stays, and the other is garbage.
        return Sets[capHeight] ?? Interlocked.CompareExchange(ref Sets[capHeight], new GlyphSet(capHeight), null) ?? Sets[capHeight]!;
    }

    public Glyph this[char letter]
    {
        get
        {
            int index = StrokeFont.IndexOf(letter);
            return _glyphs[index] ?? Interlocked.CompareExchange(ref _glyphs[index], Rasterise(index), null) ?? _glyphs[index]!;
        }
    }

    /// <summary>From the first letter's left edge to the last one's right edge.</summary>
    public int WidthOf(ReadOnlySpan<char> text)
    {
        int width = text.IsEmpty ? 0 : -(int)MathF.Round(StrokeFont.Gap * _scale);
        foreach (char letter in text)
        {
            width += this[letter].Advance;
        }

        return width;
    }

    private Glyph Rasterise(int index)
    {
        float width = StrokeFont.WidthOf(index) * _scale;
        int columns = (int)MathF.Ceiling(width) + (2 * Margin);
        int rows = CapHeight + Descent + (2 * Margin);
        byte[] coverage = new byte[columns * rows];
        StrokeFont.Trace(index, (fromX, fromY, toX, toY) => Stroke(
            coverage,
            columns,
            rows,
            (fromX * _scale) + Margin,
            (fromY * _scale) + Margin,
            (toX * _scale) + Margin,
            (toY * _scale) + Margin));
        return new Glyph(columns, rows, (int)MathF.Round(width + (StrokeFont.Gap * _scale)), coverage);
    }

    /// <summary>A pixel is covered by how far its centre lies inside of the pen's edge: that is the anti-aliasing.</summary>
    private void Stroke(byte[] coverage, int columns, int rows, float fromX, float fromY, float toX, float toY)
    {
        float radius = _pen / 2;
        (float alongX, float alongY) = (toX - fromX, toY - fromY);
        float length = (alongX * alongX) + (alongY * alongY);
        for (int y = Math.Max(0, (int)(MathF.Min(fromY, toY) - radius - 1)); y < Math.Min(rows, MathF.Max(fromY, toY) + radius + 2); y++)
        {
            for (int x = Math.Max(0, (int)(MathF.Min(fromX, toX) - radius - 1)); x < Math.Min(columns, MathF.Max(fromX, toX) + radius + 2); x++)
            {
                (float px, float py) = (x + 0.5f - fromX, y + 0.5f - fromY);
                float t = length > 0 ? Math.Clamp(((px * alongX) + (py * alongY)) / length, 0, 1) : 0;
                (float dx, float dy) = (px - (t * alongX), py - (t * alongY));
                float inside = radius + 0.5f - MathF.Sqrt((dx * dx) + (dy * dy));
                byte level = (byte)(255 * Math.Clamp(inside, 0, 1));
                ref byte at = ref coverage[(y * columns) + x];
                at = Math.Max(at, level);
            }
        }
    }

    /// <summary>One letter's coverage; its skeleton starts <see cref="Margin"/> pixels inside.</summary>
    internal sealed record Glyph(int Width, int Height, int Advance, byte[] Coverage);
}
