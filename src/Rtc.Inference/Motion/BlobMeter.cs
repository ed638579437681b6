namespace Rtc.Inference.Motion;

/// <summary>
/// Measures blobs pixel by pixel: how far they stand out, whether they move, and whose edge they have. Owned by one detector.
/// </summary>
internal sealed class BlobMeter(Background background)
{
    // Fewer places of an edge than this say nothing.
    private const int MinEdges = 8;

    // A hole's edge is weaker in the picture than this share of the one in the background.
    private const float HoleEdge = 0.6f;

    // Levels of luma and colour that are new across an edge; fewer are light or a shadow.
    private const float MinNewEdge = 7f;

    private SmallPicture _picture = null!;

    public byte[] Foreground => background.Foreground;

    public int Width => _picture.Width;

    public int Height => _picture.Height;

    /// <summary>Measures in this picture from now on.</summary>
    public void Take(SmallPicture picture) => _picture = picture;

    /// <summary>Adds a pixel to a blob.</summary>
    public void Add(ref Blob blob, int x, int y)
    {
        int at = (y * Width) + x;
        blob.Grow(x, y);
        blob.Strength += background.Strength[at];
        blob.Still += background.IsStill(at) ? 1 : 0;
        if (x > 1 && y > 1 && x < Width - 2 && y < Height - 2)
        {
            AddEdge(ref blob, at, 1);
            AddEdge(ref blob, at, -1);
            AddEdge(ref blob, at, Width);
            AddEdge(ref blob, at, -Width);
        }
    }

    /// <summary>
    /// Whether a blob is the hole that something left which the background still shows, or light: the edge around it is the
    /// background's, or there is none.
    /// </summary>
    public static bool IsHole(in Blob blob) =>
        blob.Edges >= MinEdges && (blob.EdgeNow < HoleEdge * blob.EdgeThen || blob.EdgeNew < MinNewEdge * blob.Edges);

    /// <summary>From one further in to one further out: the edge itself is a mixture.</summary>
    private void AddEdge(ref Blob blob, int at, int step)
    {
        if (background.Foreground[at + step] != 0)
        {
            return;
        }

        int inside = at - step;
        int outside = at + (2 * step);
        blob.Edges++;
        AddSteps(ref blob, _picture.Y[inside] - _picture.Y[outside], background.Luma(inside) - background.Luma(outside));
        AddSteps(ref blob, _picture.U[inside] - _picture.U[outside], background.U(inside) - background.U(outside));
        AddSteps(ref blob, _picture.V[inside] - _picture.V[outside], background.V(inside) - background.V(outside));
    }

    private static void AddSteps(ref Blob blob, int now, int then)
    {
        blob.EdgeNow += Math.Abs(now);
        blob.EdgeThen += Math.Abs(then);
        blob.EdgeNew += Math.Abs(now - then);
    }
}
