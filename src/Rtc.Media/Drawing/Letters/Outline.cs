namespace Rtc.Media.Drawing.Letters;

/// <summary>
/// One letter as the skeleton of its pen strokes, on a grid: capitals 20 units high, small letters 14, descenders down
/// to 26. Written, it is the width, a colon and the strokes. A stroke is a run of points, two base-36 digits each (x, y;
/// y grows downwards); one that opens with @ is an arc: centre x, y, radius x, y, first and last angle in steps of 15°,
/// clockwise from the right.
/// </summary>
internal sealed record Outline(float Width, float Top, Outline.Piece[] Pieces)
{
    public const int Baseline = 20;

    private const float SmallTop = 6;
    private const float SmallHeight = 0.7f;
    private const float SmallWidth = 0.8f;

    // What a mark that is wider than its letter may stand over on each side.
    private const float Overhang = 1;

    public static Outline Parse(string source)
    {
        var pieces = new List<Piece>();
        foreach (string stroke in source[2..].Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (stroke[0] == '@')
            {
                AddArc(stroke, pieces);
                continue;
            }

            for (int i = 0; i + 3 < stroke.Length; i += 2)
            {
                pieces.Add(new Piece(Digit(stroke[i]), Digit(stroke[i + 1]), Digit(stroke[i + 2]), Digit(stroke[i + 3])));
            }
        }

        float top = pieces.Count == 0 ? 0 : float.MaxValue;
        foreach (Piece piece in pieces)
        {
            top = MathF.Min(top, MathF.Min(piece.FromY, piece.ToY));
        }

        return new Outline(Digit(source[0]), top, [.. pieces]);
    }

    /// <summary>A capital's shape at a small letter's height.</summary>
    public Outline Small()
    {
        var pieces = new Piece[Pieces.Length];
        for (int i = 0; i < pieces.Length; i++)
        {
            Piece piece = Pieces[i];
            pieces[i] = new Piece(piece.FromX * SmallWidth, piece.FromY * SmallHeight, piece.ToX * SmallWidth, piece.ToY * SmallHeight)
                .Moved(0, SmallTop);
        }

        return new Outline(Width * SmallWidth, SmallTop + (Top * SmallHeight), pieces);
    }

    /// <summary>The letter with a mark put where marks of its kind go.</summary>
    public Outline With(Mark mark)
    {
        Outline shape = Parse(mark.Strokes);
        float middle = (Width - shape.Width) / 2;
        float spread = MathF.Max(0, -middle - Overhang);
        float right = Width - Mark.EdgeColumn;
        return mark.Place switch
        {
            MarkPlace.Above =>
                Joined(spread, shape, middle + spread, Top - Mark.Rise, Width + (2 * spread)) with { Top = Top - Mark.Rise + shape.Top },
            MarkPlace.Below => Joined(spread, shape, middle + spread, Baseline, Width + (2 * spread)),
            MarkPlace.RightAbove => Joined(0, shape, right, Top - Mark.Height, MathF.Max(Width, right + shape.Width)),
            MarkPlace.RightBelow => Joined(0, shape, right, Baseline, MathF.Max(Width, right + shape.Width)),
            _ => Joined(shape.Width + Mark.Apart, shape, 0, 0, Width + shape.Width + Mark.Apart),
        };
    }

    private static void AddArc(string stroke, List<Piece> pieces)
    {
        const float Step = MathF.PI / 24;
        (int x, int y, int radiusX, int radiusY) = (Digit(stroke[1]), Digit(stroke[2]), Digit(stroke[3]), Digit(stroke[4]));
        int first = Digit(stroke[5]) * 2;
        int last = Digit(stroke[6]) * 2;
        for (int i = first; i < last; i++)
        {
            pieces.Add(new Piece(
                x + (radiusX * MathF.Cos(i * Step)),
                y + (radiusY * MathF.Sin(i * Step)),
                x + (radiusX * MathF.Cos((i + 1) * Step)),
                y + (radiusY * MathF.Sin((i + 1) * Step))));
        }
    }

    private static int Digit(char c) => c <= '9' ? c - '0' : c - 'a' + 10;

    private Outline Joined(float shift, Outline mark, float markX, float markY, float width)
    {
        var pieces = new Piece[Pieces.Length + mark.Pieces.Length];
        for (int i = 0; i < pieces.Length; i++)
        {
            pieces[i] = i < Pieces.Length ? Pieces[i].Moved(shift, 0) : mark.Pieces[i - Pieces.Length].Moved(markX, markY);
        }

        return new Outline(width, Top, pieces);
    }

    /// <summary>One straight piece of a stroke.</summary>
    internal readonly record struct Piece(float FromX, float FromY, float ToX, float ToY)
    {
        public Piece Moved(float x, float y) => new(FromX + x, FromY + y, ToX + x, ToY + y);
    }
}
