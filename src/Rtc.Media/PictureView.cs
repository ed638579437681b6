namespace Rtc.Media;

/// <summary>
/// A window on a picture, or all of it: pixels that somebody else owns and keeps alive for as long as the view is used.
/// It starts on even pixels, so that chroma belongs to it as luma does.
/// </summary>
public readonly unsafe struct PictureView
{
    public PictureView(byte* y, byte* u, byte* v, int strideY, int strideUV, int width, int height)
    {
        Y = y;
        U = u;
        V = v;
        StrideY = strideY;
        StrideUV = strideUV;
        Width = width;
        Height = height;
    }

    public byte* Y { get; }

    public byte* U { get; }

    public byte* V { get; }

    public int StrideY { get; }

    public int StrideUV { get; }

    public int Width { get; }

    public int Height { get; }

    public int ChromaWidth => (Width + 1) / 2;

    public int ChromaHeight => (Height + 1) / 2;

    public static implicit operator PictureView(Picture picture) => picture.View();

    /// <summary>The part under <paramref name="region"/>, grown outwards to even pixels and clipped to this view.</summary>
    public PictureView Crop(RectF region)
    {
        int left = Math.Clamp((int)MathF.Floor(region.Left), 0, Width - 1) & ~1;
        int top = Math.Clamp((int)MathF.Floor(region.Top), 0, Height - 1) & ~1;
        int right = Math.Clamp(((int)MathF.Ceiling(region.Right) + 1) & ~1, left + 1, Width);
        int bottom = Math.Clamp(((int)MathF.Ceiling(region.Bottom) + 1) & ~1, top + 1, Height);
        return new PictureView(
            Y + ((long)top * StrideY) + left,
            U + ((long)(top / 2) * StrideUV) + (left / 2),
            V + ((long)(top / 2) * StrideUV) + (left / 2),
            StrideY,
            StrideUV,
            right - left,
            bottom - top);
    }

    public Span<byte> RowY(int y) => new(Y + ((long)y * StrideY), Width);

    public Span<byte> RowU(int y) => new(U + ((long)y * StrideUV), ChromaWidth);

    public Span<byte> RowV(int y) => new(V + ((long)y * StrideUV), ChromaWidth);
}
