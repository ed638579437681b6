namespace Rtc.Media.Drawing;

/// <summary>
/// Lays a class map over a picture, in place, in the picture's own space. Holds the memory it works in: one for each loop
/// or socket, one thread at a time.
/// </summary>
public sealed unsafe class ClassPainter
{
    private readonly int[] _alpha = new int[ClassMap.MaxClasses];
    private readonly int[] _y = new int[ClassMap.MaxClasses];
    private readonly int[] _u = new int[ClassMap.MaxClasses];
    private readonly int[] _v = new int[ClassMap.MaxClasses];
    private byte[] _pixels = [];
    private byte[] _line = [];
    private ClassStyle? _style;

    /// <summary>The class of every pixel, row by row; good until the next picture.</summary>
    public ReadOnlySpan<byte> Stretch(ClassMap map, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(map);
        if (_pixels.Length < width * height)
        {
            _pixels = new byte[width * height];
        }

        Span<byte> pixels = _pixels.AsSpan(0, width * height);
        map.Stretch(pixels, width, height);
        return pixels;
    }

    /// <summary>Draws into the picture. Side by side needs another picture: <see cref="SideBySide"/>.</summary>
    public void Paint(Picture picture, ClassMap map, ClassStyle style)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentNullException.ThrowIfNull(style);
        Take(style, style.Opacity);
        fixed (byte* pixels = Stretch(map, picture.Width, picture.Height))
        {
            if (style.Overlay == ClassOverlay.Contour)
            {
                Thin(pixels, picture.Width, picture.Height, Math.Max(1, (int)MathF.Round(Draw.ThicknessFor(picture.Height))));
                fixed (byte* line = _line)
                {
                    Fill(picture.View(), pixels, line, withLuma: true);
                }
            }
            else
            {
                Fill(picture.View(), pixels, null, withLuma: style.Overlay != ClassOverlay.Blend);
            }
        }
    }

    /// <summary>A picture of twice the width, which is the caller's: the picture on the left, the classes' colours on the right.</summary>
    public Picture SideBySide(Picture picture, ClassMap map, ClassStyle style, PicturePool pool)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentNullException.ThrowIfNull(style);
        ArgumentNullException.ThrowIfNull(pool);
        int half = (picture.Width + 1) & ~1;
        Picture both = pool.Rent(half * 2, picture.Height);
        PictureView whole = both.View();
        PictureView source = picture.View();
        Black(whole);
        var right = new PictureView(
            whole.Y + half, whole.U + (half / 2), whole.V + (half / 2), whole.StrideY, whole.StrideUV, picture.Width, picture.Height);
        Plane.Copy(source.Y, source.StrideY, whole.Y, whole.StrideY, source.Width, source.Height);
        Plane.Copy(source.U, source.StrideUV, whole.U, whole.StrideUV, source.ChromaWidth, source.ChromaHeight);
        Plane.Copy(source.V, source.StrideUV, whole.V, whole.StrideUV, source.ChromaWidth, source.ChromaHeight);
        Take(style, 256);
        fixed (byte* pixels = Stretch(map, picture.Width, picture.Height))
        {
            Fill(right, pixels, null, withLuma: true);
        }

        return both;
    }

    private static void Black(in PictureView view)
    {
        Plane.Fill(view.Y, view.StrideY, view.Width, view.Height, 16);
        Plane.Fill(view.U, view.StrideUV, view.ChromaWidth, view.ChromaHeight, 128);
        Plane.Fill(view.V, view.StrideUV, view.ChromaWidth, view.ChromaHeight, 128);
    }

    private void Take(ClassStyle style, int opacity)
    {
        if (!ReferenceEquals(style, _style))
        {
            _style = style;
            for (int i = 0; i < ClassMap.MaxClasses; i++)
            {
                Colour colour = style.ColourOf(i);
                (_y[i], _u[i], _v[i]) = (colour.Y, colour.U, colour.V);
            }
        }

        for (int i = 0; i < ClassMap.MaxClasses; i++)
        {
            _alpha[i] = style.Shows(i) ? opacity : 0;
        }
    }

    /// <param name="view">Drawn into.</param>
    /// <param name="pixels">A class for every pixel.</param>
    /// <param name="line">Not zero where it is drawn; null for everywhere.</param>
    /// <param name="withLuma">Else the light stays.</param>
    private void Fill(in PictureView view, byte* pixels, byte* line, bool withLuma)
    {
        for (int y = 0; withLuma && y < view.Height; y++)
        {
            byte* luma = view.Y + ((long)y * view.StrideY);
            byte* row = pixels + ((long)y * view.Width);
            byte* marked = line is null ? null : line + ((long)y * view.Width);
            for (int x = 0; x < view.Width; x++)
            {
                int alpha = marked is null || marked[x] != 0 ? _alpha[row[x]] : 0;
                if (alpha != 0)
                {
                    luma[x] = (byte)(((luma[x] * (256 - alpha)) + (_y[row[x]] * alpha) + 128) >> 8);
                }
            }
        }

        for (int y = 0; y < view.ChromaHeight; y++)
        {
            FillChroma(view, y, pixels, line);
        }
    }

    /// <summary>A chroma sample takes the mean of what its four pixels would make of it.</summary>
    private void FillChroma(in PictureView view, int y, byte* pixels, byte* line)
    {
        byte* u = view.U + ((long)y * view.StrideUV);
        byte* v = view.V + ((long)y * view.StrideUV);
        long upper = 2L * y * view.Width;
        long lower = (2 * y) + 1 < view.Height ? upper + view.Width : upper;
        for (int x = 0; x < view.ChromaWidth; x++)
        {
            int left = 2 * x;
            int right = left + 1 < view.Width ? left + 1 : left;
            int share = 0;
            int sumU = 0;
            int sumV = 0;
            Add(upper + left);
            Add(upper + right);
            Add(lower + left);
            Add(lower + right);
            if (share != 0)
            {
                u[x] = (byte)(((u[x] * (1024 - share)) + sumU + 512) >> 10);
                v[x] = (byte)(((v[x] * (1024 - share)) + sumV + 512) >> 10);
            }

            void Add(long at)
            {
                int classId = pixels[at];
                int alpha = line is null || line[at] != 0 ? _alpha[classId] : 0;
                share += alpha;
                sumU += alpha * _u[classId];
                sumV += alpha * _v[classId];
            }
        }
    }

    /// <summary>Marks the pixels of a class that another is near to, straight up, down or aside.</summary>
    private void Thin(byte* pixels, int width, int height, int thickness)
    {
        if (_line.Length < width * height)
        {
            _line = new byte[width * height];
        }

        for (int y = 0; y < height; y++)
        {
            byte* row = pixels + ((long)y * width);
            byte* above = pixels + ((long)Math.Max(0, y - thickness) * width);
            byte* below = pixels + ((long)Math.Min(height - 1, y + thickness) * width);
            Span<byte> line = _line.AsSpan(y * width, width);
            for (int x = 0; x < width; x++)
            {
                byte own = row[x];
                bool edge = above[x] != own || below[x] != own || row[Math.Max(0, x - thickness)] != own
                    || row[Math.Min(width - 1, x + thickness)] != own;
                line[x] = edge ? (byte)1 : (byte)0;
            }
        }
    }
}
