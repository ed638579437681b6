namespace Rtc.Media.Drawing.Letters;

/// <summary>
/// Draws a letter's skeleton at one size, as coverage of pixels. Upright and level strokes, letters' edges, their tops and
/// the base line are put where the pen covers whole pixels: two pixels half covered are a grey smear in small text.
/// </summary>
internal sealed class Pen
{
    // A pen this thick against the capitals' height reads well on moving pictures without filling in the small loops.
    private const float OfCapHeight = 0.125f;
    private const float Thinnest = 1.25f;

    // A round dot no wider than a stroke looks smaller than it.
    private const float DotOfPen = 1.2f;

    private const float SmallTop = 6;

    private readonly int _capHeight;
    private readonly float _scale;
    private readonly float _smallTop;
    private readonly float _radius;

    // A pen of an odd number of pixels runs along a pixel's middle, one of an even number between two.
    private readonly float _shift;

    public Pen(int capHeight)
    {
        float thickness = MathF.Max(Thinnest, capHeight * OfCapHeight);
        _capHeight = capHeight;
        _scale = (float)capHeight / StrokeFont.CapHeight;
        _smallTop = Whole(SmallTop * _scale);
        _radius = thickness / 2;
        _shift = (int)MathF.Round(thickness) % 2 / 2f;
        Gap = (int)Whole(StrokeFont.Gap * _scale);
        Drop = (int)MathF.Ceiling((StrokeFont.Descent * _scale) + _radius + _shift);
    }

    /// <summary>Pixels between two letters' edges.</summary>
    public int Gap { get; }

    /// <summary>Pixels that letters and marks reach below the base line.</summary>
    public int Drop { get; }

    public Glyph Draw(Outline outline)
    {
        float across = outline.Width > 0 ? Whole(outline.Width * _scale) / outline.Width : _scale;
        var pieces = new Outline.Piece[outline.Pieces.Length];
        for (int i = 0; i < pieces.Length; i++)
        {
            Outline.Piece piece = outline.Pieces[i];
            pieces[i] = Fitted(new Outline.Piece(piece.FromX * across, Down(piece.FromY), piece.ToX * across, Down(piece.ToY)));
        }

        int advance = (int)Whole(outline.Width * _scale) + Gap;
        return pieces.Length == 0 ? new Glyph(0, 0, 0, 0, advance, []) : Cover(pieces, advance);
    }

    /// <summary>Upright strokes, level ones and dots go where the pen covers whole pixels; the short bends of a mark stay.</summary>
    private Outline.Piece Fitted(Outline.Piece piece)
    {
        float length = MathF.Abs(piece.ToX - piece.FromX) + MathF.Abs(piece.ToY - piece.FromY);
        bool fits = length == 0 || length > 2 * _radius;
        if (fits && piece.FromX == piece.ToX)
        {
            float x = Whole(piece.FromX);
            piece = piece with { FromX = x, ToX = x };
        }

        if (fits && piece.FromY == piece.ToY)
        {
            float y = Whole(piece.FromY);
            piece = piece with { FromY = y, ToY = y };
        }

        return piece.Moved(_shift, _shift);
    }

    private static float Whole(float value) => MathF.Floor(value + 0.5f);

    private float Down(float y) => y switch
    {
        <= 0 => y * _scale,
        <= SmallTop => y * _smallTop / SmallTop,
        <= Outline.Baseline => _smallTop + ((y - SmallTop) * (_capHeight - _smallTop) / (Outline.Baseline - SmallTop)),
        _ => _capHeight + ((y - Outline.Baseline) * _scale),
    };

    private Glyph Cover(Outline.Piece[] pieces, int advance)
    {
        (float fromX, float fromY, float toX, float toY) = (float.MaxValue, float.MaxValue, float.MinValue, float.MinValue);
        foreach (Outline.Piece piece in pieces)
        {
            (fromX, toX) = (MathF.Min(fromX, MathF.Min(piece.FromX, piece.ToX)), MathF.Max(toX, MathF.Max(piece.FromX, piece.ToX)));
            (fromY, toY) = (MathF.Min(fromY, MathF.Min(piece.FromY, piece.ToY)), MathF.Max(toY, MathF.Max(piece.FromY, piece.ToY)));
        }

        // Up to half a pixel outside of its edge the pen still touches a pixel.
        float reach = (_radius * DotOfPen) + 0.5f;
        (int left, int top) = ((int)MathF.Floor(fromX - reach), (int)MathF.Floor(fromY - reach));
        (int width, int height) = ((int)MathF.Ceiling(toX + reach) - left, (int)MathF.Ceiling(toY + reach) - top);
        byte[] coverage = new byte[width * height];
        foreach (Outline.Piece piece in pieces)
        {
            Stroke(piece.Moved(-left, -top), coverage, width, height);
        }

        return new Glyph(left, top, width, height, advance, coverage);
    }

    /// <summary>A pixel is covered by how far its centre lies inside of the pen's edge: that is the anti-aliasing.</summary>
    private void Stroke(in Outline.Piece piece, byte[] coverage, int width, int height)
    {
        (float alongX, float alongY) = (piece.ToX - piece.FromX, piece.ToY - piece.FromY);
        float length = (alongX * alongX) + (alongY * alongY);
        float reach = (length > 0 ? _radius : _radius * DotOfPen) + 0.5f;
        int firstX = Math.Max(0, (int)(MathF.Min(piece.FromX, piece.ToX) - reach));
        int lastX = (int)MathF.Min(width, MathF.Max(piece.FromX, piece.ToX) + reach + 1);
        int firstY = Math.Max(0, (int)(MathF.Min(piece.FromY, piece.ToY) - reach));
        int lastY = (int)MathF.Min(height, MathF.Max(piece.FromY, piece.ToY) + reach + 1);
        for (int y = firstY; y < lastY; y++)
        {
            for (int x = firstX; x < lastX; x++)
            {
                (float px, float py) = (x + 0.5f - piece.FromX, y + 0.5f - piece.FromY);
                float t = length > 0 ? Math.Clamp(((px * alongX) + (py * alongY)) / length, 0, 1) : 0;
                (float dx, float dy) = (px - (t * alongX), py - (t * alongY));
                float inside = reach - MathF.Sqrt((dx * dx) + (dy * dy));
                ref byte at = ref coverage[(y * width) + x];
                at = Math.Max(at, (byte)(255 * Math.Clamp(inside, 0, 1)));
            }
        }
    }
}
