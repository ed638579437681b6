using Rtc.Media;
using Rtc.Media.Drawing;
using Rtc.Media.Images;

namespace Rtc.Server.Frames;

/// <summary>A class for every pixel as an indexed PNG: entry 0, and what a filter leaves out, is transparent.</summary>
internal static class ClassPng
{
    /// <summary>The map at the size of the picture that it is of.</summary>
    public static byte[] Encode(ClassPainter painter, Picture picture, ClassMap map, ClassStyle style) =>
        Encode(painter.Stretch(map, picture.Width, picture.Height), picture.Width, picture.Height, style);

    public static byte[] Encode(ReadOnlySpan<byte> pixels, int width, int height, ClassStyle style)
    {
        Span<byte> alpha = stackalloc byte[ClassMap.MaxClasses];
        alpha.Clear();
        for (int id = 1; id < style.Count; id++)
        {
            alpha[id] = (byte)(style.Shows(id) ? 255 : 0);
        }

        if (style.Count > 0 && !pixels.ContainsAnyExceptInRange((byte)0, (byte)(style.Count - 1)))
        {
            return Png.EncodeIndexed(pixels, width, height, style.Colours, alpha[..style.Count]);
        }

        // A model with fewer names than classes: what has no name has no colour either.
        Colour[] all = new Colour[ClassMap.MaxClasses];
        style.Colours.CopyTo(all);
        return Png.EncodeIndexed(pixels, width, height, all, alpha);
    }
}
