using Rtc.Media.Drawing.Letters;

namespace Rtc.Media.Drawing;

/// <summary>Boxes and labels straight into a picture, sized to be read at the picture's own size.</summary>
public static unsafe class Draw
{
    // A dark hairline on both sides of every line keeps light colours visible on light pictures.
    private const byte HairlineLuma = 16;
    private const int HairlineOpacity = 110;

    /// <summary>Line thickness that looks alike at every picture size; even, so that chroma covers it exactly.</summary>
    public static int ThicknessFor(int pictureHeight) => Math.Max(2, (int)MathF.Round(pictureHeight / 320f) * 2);

    /// <summary>Height of capitals in pixels that is readable at this picture size.</summary>
    public static int TextSizeFor(int pictureHeight) => Math.Clamp(pictureHeight / 40, 9, 48);

    /// <param name="picture">Drawn on.</param>
    /// <param name="box">The line runs just inside of it; clipped to the picture.</param>
    /// <param name="colour">Of the line.</param>
    /// <param name="thickness">In pixels; 0 chooses by the picture's size.</param>
    public static void Box(Picture picture, RectF box, Colour colour, int thickness = 0)
    {
        PictureView view = picture.View();
        thickness = thickness > 0 ? thickness : ThicknessFor(view.Height);
        RectF clipped = box.ClipTo(view.Width, view.Height);
        if (!(clipped.Width >= 1 && clipped.Height >= 1))
        {
            return;
        }

        // Snapped to even pixels: a line that starts in the middle of a chroma sample bleeds its colour.
        int left = Even(clipped.Left);
        int top = Even(clipped.Top);
        int right = Math.Clamp(Even(clipped.Right), Math.Min(left + (2 * thickness), view.Width), view.Width);
        int bottom = Math.Clamp(Even(clipped.Bottom), Math.Min(top + (2 * thickness), view.Height), view.Height);
        Frame(view, left - 1, top - 1, right + 1, bottom + 1);
        Frame(view, left + thickness, top + thickness, right - thickness, bottom - thickness);
        Fill(view, left, top, right, top + thickness, colour);
        Fill(view, left, bottom - thickness, right, bottom, colour);
        Fill(view, left, top + thickness, left + thickness, bottom - thickness, colour);
        Fill(view, right - thickness, top + thickness, right, bottom - thickness, colour);
    }

    /// <summary>
    /// Text on a plate of the given colour, in black or white as reads better. The plate's bottom left corner goes to
    /// (<paramref name="x"/>, <paramref name="y"/>), the top left corner of a box usually; where there is no room above it
    /// goes below that line, and it is pushed in from the sides.
    /// </summary>
    /// <param name="picture">Drawn on.</param>
    /// <param name="x">Left edge.</param>
    /// <param name="y">Lower edge.</param>
    /// <param name="text">Latin, Greek and Cyrillic; other letters come out as empty boxes, one each.</param>
    /// <param name="colour">Of the plate.</param>
    /// <param name="size">Height of capitals in pixels; 0 chooses by the picture's size.</param>
    public static void Label(Picture picture, float x, float y, ReadOnlySpan<char> text, Colour colour, int size = 0)
    {
        PictureView view = picture.View();
        GlyphSet glyphs = GlyphSet.OfSize(size > 0 ? size : TextSizeFor(view.Height));
        int padding = Math.Max(3, glyphs.CapHeight / 3);
        int sides = padding + (padding / 2);
        (int length, int rise) = glyphs.Measure(text);
        int above = Math.Max(padding, rise + 1);
        int width = (length + (2 * sides) + 1) & ~1;
        int height = (above + glyphs.CapHeight + Math.Max(padding, glyphs.Drop) + 1) & ~1;
        int left = Even(Math.Clamp(x, 0, Math.Max(0, view.Width - width)));
        int top = Even(y) - height;
        top = Even(Math.Clamp(top < 0 ? Even(y) : top, 0, Math.Max(0, view.Height - height)));
        Fill(view, left, top, left + width, top + height, colour);
        Text(view, left + sides, top + above, text, colour.Ink, glyphs);
    }

    /// <summary>Bare text, its capitals' top left corner at (<paramref name="x"/>, <paramref name="y"/>).</summary>
    public static void Text(Picture picture, int x, int y, ReadOnlySpan<char> text, Colour colour, int size = 0)
    {
        PictureView view = picture.View();
        Text(view, x, y, text, colour, GlyphSet.OfSize(size > 0 ? size : TextSizeFor(view.Height)));
    }

    /// <param name="picture">Drawn on.</param>
    /// <param name="from">One end; the line is clipped to the picture.</param>
    /// <param name="to">The other.</param>
    /// <param name="colour">Of the line.</param>
    /// <param name="thickness">In pixels; 0 chooses by the picture's size.</param>
    public static void Line(Picture picture, (float X, float Y) from, (float X, float Y) to, Colour colour, int thickness = 0)
    {
        PictureView view = picture.View();
        thickness = thickness > 0 ? thickness : ThicknessFor(view.Height);
        from = Near(view, from);
        to = Near(view, to);
        float length = Math.Max(Math.Abs(to.X - from.X), Math.Abs(to.Y - from.Y));
        int steps = Math.Max(1, (int)MathF.Ceiling(2 * length / thickness));
        for (int i = 0; i <= steps; i++)
        {
            float share = (float)i / steps;
            int left = Even(from.X + ((to.X - from.X) * share) - (thickness / 2f));
            int top = Even(from.Y + ((to.Y - from.Y) * share) - (thickness / 2f));
            Fill(view, left, top, left + thickness, top + thickness, colour);
        }
    }

    /// <summary>A filled rectangle, clipped.</summary>
    public static void Fill(Picture picture, RectF area, Colour colour) =>
        Fill(picture.View(), Even(area.Left), Even(area.Top), Even(area.Right), Even(area.Bottom), colour);

    internal static void Fill(in PictureView view, int left, int top, int right, int bottom, Colour colour)
    {
        left = Math.Max(left, 0);
        top = Math.Max(top, 0);
        right = Math.Min(right, view.Width);
        bottom = Math.Min(bottom, view.Height);
        if (left >= right || top >= bottom)
        {
            return;
        }

        Plane.Fill(view.Y + ((long)top * view.StrideY) + left, view.StrideY, right - left, bottom - top, colour.Y);
        int chromaLeft = left / 2;
        int chromaTop = top / 2;
        int chromaWidth = ((right + 1) / 2) - chromaLeft;
        int chromaHeight = ((bottom + 1) / 2) - chromaTop;
        long offset = ((long)chromaTop * view.StrideUV) + chromaLeft;
        Plane.Fill(view.U + offset, view.StrideUV, chromaWidth, chromaHeight, colour.U);
        Plane.Fill(view.V + offset, view.StrideUV, chromaWidth, chromaHeight, colour.V);
    }

    private static void Text(in PictureView view, int x, int y, ReadOnlySpan<char> text, Colour colour, GlyphSet glyphs)
    {
        var letters = new LetterRun(text);
        while (letters.TryNext(out int index))
        {
            Glyph glyph = glyphs[index];
            Coverage.Paint(view, x + glyph.Left, y + glyph.Top, glyph.Coverage, glyph.Width, glyph.Height, colour);
            x += glyph.Advance;
        }
    }

    /// <summary>A one-pixel dark line around; luma only.</summary>
    private static void Frame(in PictureView view, int left, int top, int right, int bottom)
    {
        if (right - left < 2 || bottom - top < 2)
        {
            return;
        }

        Darken(view, left, top, right, top + 1);
        Darken(view, left, bottom - 1, right, bottom);
        Darken(view, left, top + 1, left + 1, bottom - 1);
        Darken(view, right - 1, top + 1, right, bottom - 1);
    }

    private static void Darken(in PictureView view, int left, int top, int right, int bottom)
    {
        left = Math.Max(left, 0);
        right = Math.Min(right, view.Width);
        for (int y = Math.Max(top, 0); y < Math.Min(bottom, view.Height) && left < right; y++)
        {
            foreach (ref byte luma in view.RowY(y)[left..right])
            {
                luma = (byte)(((luma * (256 - HairlineOpacity)) + (HairlineLuma * HairlineOpacity)) >> 8);
            }
        }
    }

    /// <summary>Places far outside are brought near, so that a line has no more steps than the picture has pixels.</summary>
    private static (float X, float Y) Near(in PictureView view, (float X, float Y) place) =>
        (Math.Clamp(place.X, -view.Width, 2 * view.Width), Math.Clamp(place.Y, -view.Height, 2 * view.Height));

    private static int Even(float value) => (int)MathF.Round(value / 2) * 2;
}
