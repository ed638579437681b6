namespace Rtc.Inference.Motion;

/// <summary>A part of the foreground, in pixels of the small picture; right and bottom just outside.</summary>
internal struct Blob
{
    public Blob()
    {
    }

    public int Left { get; set; } = int.MaxValue;

    public int Top { get; set; } = int.MaxValue;

    public int Right { get; set; } = int.MinValue;

    public int Bottom { get; set; } = int.MinValue;

    public int Pixels { get; set; }

    /// <summary>Sum of how far its pixels are from the background.</summary>
    public int Strength { get; set; }

    /// <summary>Pixels that have not changed for a while.</summary>
    public int Still { get; set; }

    /// <summary>Places around it where its edge was looked at.</summary>
    public int Edges { get; set; }

    /// <summary>Sum of the steps of luma and colour across the edge in the picture.</summary>
    public int EdgeNow { get; set; }

    /// <summary>The same in the background.</summary>
    public int EdgeThen { get; set; }

    /// <summary>Sum of what is different between the two.</summary>
    public int EdgeNew { get; set; }

    public readonly int Width => Right - Left;

    public readonly int Height => Bottom - Top;

    public readonly int Area => Width * Height;

    public readonly float CenterX => (Left + Right) / 2f;

    public readonly float CenterY => (Top + Bottom) / 2f;

    public readonly Blob With(in Blob other) => new()
    {
        Left = Math.Min(Left, other.Left),
        Top = Math.Min(Top, other.Top),
        Right = Math.Max(Right, other.Right),
        Bottom = Math.Max(Bottom, other.Bottom),
        Pixels = Pixels + other.Pixels,
        Strength = Strength + other.Strength,
        Still = Still + other.Still,
        Edges = Edges + other.Edges,
        EdgeNow = EdgeNow + other.EdgeNow,
        EdgeThen = EdgeThen + other.EdgeThen,
        EdgeNew = EdgeNew + other.EdgeNew,
    };

    /// <summary>Takes one more pixel in.</summary>
    public void Grow(int x, int y)
    {
        Left = Math.Min(Left, x);
        Top = Math.Min(Top, y);
        Right = Math.Max(Right, x + 1);
        Bottom = Math.Max(Bottom, y + 1);
        Pixels++;
    }

    public readonly Blob Moved(int x, int y) => this with { Left = Left + x, Right = Right + x, Top = Top + y, Bottom = Bottom + y };

    /// <summary>Columns that both have; negative is the gap between them.</summary>
    public readonly int OverlapX(in Blob other) => Math.Min(Right, other.Right) - Math.Max(Left, other.Left);

    /// <summary>Rows that both have; negative is the gap between them.</summary>
    public readonly int OverlapY(in Blob other) => Math.Min(Bottom, other.Bottom) - Math.Max(Top, other.Top);

    /// <summary>Area of the boxes' intersection.</summary>
    public readonly int Intersection(in Blob other) => Math.Max(0, OverlapX(other)) * Math.Max(0, OverlapY(other));
}
