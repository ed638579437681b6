namespace Rtc.Media.Imaging;

/// <summary>
/// Masks and boxes brought to a picture's own size: one byte a pixel, the greatest where several lie over each other.
/// Kept and filled anew for each picture; whatever lies outside of the picture is cut off. Owns its memory.
/// </summary>
internal sealed unsafe class AlphaPlane : IDisposable
{
    private const int Slack = 64;

    private readonly NativeBuffer _plane = new();
    private readonly NativeBuffer _stretched = new();
    private readonly NativeBuffer _halved = new();
    private int[] _first = [];
    private ushort[] _share = [];

    public int Width { get; private set; }

    public int Height { get; private set; }

    public int Stride { get; private set; }

    public byte* Bytes { get; private set; }

    /// <summary>The rows that anything was laid on; all others are 0.</summary>
    public int Top { get; private set; }

    public int Bottom { get; private set; }

    /// <summary>Likewise for columns.</summary>
    public int Left { get; private set; }

    public int Right { get; private set; }

    public void Clear(int width, int height)
    {
        Width = width;
        Height = height;
        Stride = (width + Slack) & ~63;
        Bytes = _plane.Bytes((long)Stride * (height + 1));
        new Span<byte>(Bytes, Stride * height).Clear();
        (Left, Top, Right, Bottom) = (width, height, 0, 0);
    }

    public byte* Row(int y) => Bytes + ((long)y * Stride);

    public void Add(RectF box)
    {
        RectF inside = box.ClipTo(Width, Height);
        (int left, int top) = ((int)MathF.Floor(inside.Left), (int)MathF.Floor(inside.Top));
        (int right, int bottom) = ((int)MathF.Ceiling(inside.Right), (int)MathF.Ceiling(inside.Bottom));
        if (!(inside.Width > 0 && inside.Height > 0))
        {
            return;
        }

        for (int y = top; y < bottom; y++)
        {
            new Span<byte>(Row(y) + left, right - left).Fill(255);
        }

        MarkCovered(left, top, right, bottom);
    }

    /// <summary>Stretches the mask over its region, bilinear, so that the steps of a small mask become a soft edge.</summary>
    public void Add(Mask mask)
    {
        RectF region = mask.Region;
        if (!(region.Width > 0 && region.Height > 0) || !float.IsFinite(region.Left + region.Top + region.Right + region.Bottom))
        {
            return;
        }

        int left = Math.Clamp((int)MathF.Ceiling(region.Left - 0.5f), 0, Width);
        int right = Math.Clamp((int)MathF.Ceiling(region.Right - 0.5f), left, Width);
        int top = Math.Clamp((int)MathF.Ceiling(region.Top - 0.5f), 0, Height);
        int bottom = Math.Clamp((int)MathF.Ceiling(region.Bottom - 0.5f), top, Height);
        int width = right - left;
        if (width == 0 || bottom == top)
        {
            return;
        }

        PrepareColumns(mask, left, width);
        int stride = (width + Slack) & ~63;
        byte* rows = _stretched.Bytes(stride * 3L);
        byte* mixed = rows + (2L * stride);
        (int upperHeld, int lowerHeld) = (-1, -1);
        byte* upper = rows;
        byte* lower = rows + stride;
        for (int y = top; y < bottom; y++)
        {
            float at = Math.Clamp(((y + 0.5f - region.Top) * mask.Height / region.Height) - 0.5f, 0, mask.Height - 1);
            int first = (int)at;
            int second = Math.Min(first + 1, mask.Height - 1);
            if (first == lowerHeld)
            {
                byte* swap = upper;
                upper = lower;
                lower = swap;
                (upperHeld, lowerHeld) = (lowerHeld, -1);
            }

            if (first != upperHeld)
            {
                Stretch(mask.Row(first), upper, width);
                upperHeld = first;
            }

            if (second != lowerHeld)
            {
                Stretch(mask.Row(second), lower, width);
                lowerHeld = second;
            }

            MixKernels.MixRows(upper, lower, (int)(((at - first) * 256) + 0.5f), mixed, width);
            AlphaKernels.Lighten(mixed, Row(y) + left, width);
        }

        MarkCovered(left, top, right, bottom);
    }

    /// <summary>All of it turned round: 255 − alpha.</summary>
    public void Invert()
    {
        for (int y = 0; y < Height; y++)
        {
            AlphaKernels.Invert(Row(y), Width);
        }

        (Left, Top, Right, Bottom) = (0, 0, Width, Height);
    }

    /// <summary>Alpha for one row of chroma samples; good until the next call.</summary>
    public byte* ChromaRow(int y)
    {
        byte* halved = _halved.Bytes(((Width + 1) / 2) + Slack);
        byte* upper = Row(2 * y);
        byte* lower = (2 * y) + 1 < Height ? upper + Stride : upper;
        MixKernels.Halve(upper, lower, Width, halved);
        return halved;
    }

    public void Dispose()
    {
        _plane.Dispose();
        _stretched.Dispose();
        _halved.Dispose();
    }

    /// <summary>The owner wrote inside of this area itself.</summary>
    public void MarkCovered(int left, int top, int right, int bottom)
    {
        Left = Math.Min(Left, left);
        Top = Math.Min(Top, top);
        Right = Math.Max(Right, right);
        Bottom = Math.Max(Bottom, bottom);
    }

    private void PrepareColumns(Mask mask, int left, int width)
    {
        if (_first.Length < width)
        {
            _first = new int[width];
            _share = new ushort[width];
        }

        for (int x = 0; x < width; x++)
        {
            float at = Math.Clamp(((left + x + 0.5f - mask.Region.Left) * mask.Width / mask.Region.Width) - 0.5f, 0, mask.Width - 1);
            _first[x] = (int)at;
            _share[x] = (ushort)(((at - (int)at) * 256) + 0.5f);
        }
    }

    private void Stretch(ReadOnlySpan<byte> source, byte* target, int width)
    {
        int last = source.Length - 1;
        for (int x = 0; x < width; x++)
        {
            int first = _first[x];
            int a = source[first];
            int b = source[Math.Min(first + 1, last)];
            target[x] = (byte)(((a << 8) + ((b - a) * _share[x]) + 128) >> 8);
        }
    }
}
