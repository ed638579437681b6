namespace Rtc.Media.Drawing.Letters;

/// <summary>
/// The font at one size. A glyph is drawn when it is first wanted and stays, until there are so many in all sizes
/// together that all are let go.
/// </summary>
internal sealed class GlyphSet
{
    /// <summary>Bytes of coverage that are kept at most; the letters of ASCII are 22 KB at the size for 720 lines.</summary>
    public const int MaxKept = 4 << 20;

    private const int MinSize = 8;
    private const int MaxSize = 64;

    private static readonly GlyphSet?[] Sets = new GlyphSet?[MaxSize + 1];
    private static int s_kept;

    private readonly Glyph?[] _glyphs = new Glyph?[StrokeFont.Count];
    private readonly Pen _pen;

    private GlyphSet(int capHeight)
    {
        CapHeight = capHeight;
        _pen = new Pen(capHeight);
    }

    /// <summary>Bytes of coverage kept now.</summary>
    public static int Kept => Volatile.Read(ref s_kept);

    public int CapHeight { get; }

    /// <summary>Pixels that letters and marks reach below the base line.</summary>
    public int Drop => _pen.Drop;

    public static GlyphSet OfSize(int capHeight)
    {
        capHeight = Math.Clamp(capHeight, MinSize, MaxSize);

        // Two threads may both build one; the first stays, and the other is garbage.
        return Volatile.Read(ref Sets[capHeight]) ?? Build(capHeight);

        static GlyphSet Build(int capHeight)
        {
            var built = new GlyphSet(capHeight);
            return Interlocked.CompareExchange(ref Sets[capHeight], built, null) ?? built;
        }
    }

    /// <param name="index">The letter's number in the <see cref="StrokeFont"/>.</param>
    public Glyph this[int index] => Volatile.Read(ref _glyphs[index]) ?? Make(index);

    /// <summary>From the first letter's left edge to the last one's right edge, and how far marks rise above the capitals.</summary>
    public (int Width, int Rise) Measure(ReadOnlySpan<char> text)
    {
        (int width, int rise) = (0, 0);
        var letters = new LetterRun(text);
        while (letters.TryNext(out int index))
        {
            Glyph glyph = this[index];
            width += glyph.Advance;
            rise = Math.Max(rise, -glyph.Top);
        }

        return (Math.Max(0, width - _pen.Gap), rise);
    }

    private Glyph Make(int index)
    {
        Glyph made = _pen.Draw(StrokeFont.OutlineOf(index));
        if (Interlocked.CompareExchange(ref _glyphs[index], made, null) is { } first)
        {
            return first;
        }

        // Whoever is drawing with one of these sets goes on with it, and the next label starts anew.
        if (Interlocked.Add(ref s_kept, made.Coverage.Length) > MaxKept)
        {
            Array.Clear(Sets);
            Volatile.Write(ref s_kept, 0);
        }

        return made;
    }
}
