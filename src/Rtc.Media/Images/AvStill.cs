using System.Globalization;
using Rtc.Media.Codecs.Av;
using Rtc.Media.Imaging;
using Rtc.Media.Native;
using Rtc.Media.Yuv;

namespace Rtc.Media.Images;

/// <summary>One picture of a still format by libavcodec's decoder of that name. What is see-through lies on white, as on a page.</summary>
internal static unsafe class AvStill
{
    /// <summary>
    /// How libavcodec names its interleaved formats, and where their colours lie in a pixel; of 16 bits the upper byte is read.
    /// </summary>
    private static readonly (string Name, Interleaved Layout)[] s_formats =
    [
        ("rgb24", new(3, 0, 1, 2)),
        ("rgba", new(4, 0, 1, 2, 3)),
        ("argb", new(4, 1, 2, 3, 0)),
        ("bgra", new(4, 2, 1, 0, 3)),
        ("gray", new(1, 0, 0, 0)),
        ("ya8", new(2, 0, 0, 0, 1)),
        ("rgb48be", new(6, 0, 2, 4)),
        ("rgba64be", new(8, 0, 2, 4, 6)),
        ("gray16be", new(2, 0, 0, 0)),
        ("ya16be", new(4, 0, 0, 0, 2)),
    ];

    public static bool TryDecode(
        string codec, ReadOnlySpan<byte> data, PicturePool pool, long maxPixels, out Picture? picture, out string? problem)
    {
        picture = null;
        AvLibrary library;
        try
        {
            library = AvLibrary.Instance;
        }
        catch (NativeLibraryMissingException missing)
        {
            problem = missing.Message;
            return false;
        }

        void* decoder = library.FindByName(codec, encoder: false);
        if (decoder is null)
        {
            problem = $"FFmpeg {library.Version} was built without its {codec} decoder";
            return false;
        }

        using var context = new AvContext(library, decoder);
        using var packet = new AvPacket(library);
        using var frame = new AvFrame(library);
        using var input = new NativeBuffer();
        library.Set(context.Pointer, "threads", "1");
        library.TrySet(context.Pointer, "max_pixels", maxPixels.ToString(CultureInfo.InvariantCulture));
        library.TrySet(context.Pointer, "err_detect", "explode+crccheck");
        int result = library.Open(context.Pointer, decoder, null);
        if (result >= 0)
        {
            byte* bytes = input.Bytes(data.Length + AvLayout.InputPadding);
            data.CopyTo(new Span<byte>(bytes, data.Length));
            new Span<byte>(bytes + data.Length, AvLayout.InputPadding).Clear();
            *(byte**)(packet.Pointer + AvLayout.Packet.Data) = bytes;
            *(int*)(packet.Pointer + AvLayout.Packet.Size) = data.Length;
            result = library.SendPacket(context.Pointer, packet.Pointer);
            *(byte**)(packet.Pointer + AvLayout.Packet.Data) = null;
            *(int*)(packet.Pointer + AvLayout.Packet.Size) = 0;

            // A picture that stands alone comes out at once, or when the decoder hears that nothing follows.
            result = result < 0 ? result : library.ReceiveFrame(context.Pointer, frame.Pointer);
            if (result == AvLibrary.TryAgain)
            {
                result = library.SendPacket(context.Pointer, null);
                result = result < 0 ? result : library.ReceiveFrame(context.Pointer, frame.Pointer);
            }
        }

        if (result < 0)
        {
            problem = library.ErrorText(result);
            return false;
        }

        picture = Take(library, frame.Pointer, pool, maxPixels, out problem);
        return picture is not null;
    }

    private static Picture? Take(AvLibrary library, byte* frame, PicturePool pool, long maxPixels, out string? problem)
    {
        int width = *(int*)(frame + AvLayout.Frame.Width);
        int height = *(int*)(frame + AvLayout.Frame.Height);
        int format = *(int*)(frame + AvLayout.Frame.Format);
        byte** planes = (byte**)(frame + AvLayout.Frame.Data);
        int* strides = (int*)(frame + AvLayout.Frame.Strides);
        problem = null;
        if (width < 1 || height < 1 || (long)width * height > maxPixels)
        {
            problem = $"{width}×{height} is no size to read";
            return null;
        }

        if (format == AvLayout.PixelI420 || format == library.PixelFormat("yuva420p"))
        {
            Picture planar = pool.Rent(width, height);
            PictureOps.Copy(new PictureView(planes[0], planes[1], planes[2], strides[0], strides[1], width, height), planar);
            return planar;
        }

        bool indexed = format == library.PixelFormat("pal8");
        bool bits = format == library.PixelFormat("monob");
        Interleaved layout = s_formats.FirstOrDefault(known => library.PixelFormat(known.Name) == format).Layout;
        if (!indexed && !bits && layout.Bytes == 0)
        {
            problem = "its pixels are of a kind that is not read here";
            return null;
        }

        byte[] bgra = new byte[(long)width * height * 4];
        for (int y = 0; y < height; y++)
        {
            byte* source = planes[0] + ((long)y * strides[0]);
            Span<byte> row = bgra.AsSpan(y * width * 4, width * 4);
            if (indexed)
            {
                TakeIndexed(source, (uint*)planes[1], row);
            }
            else if (bits)
            {
                TakeBits(source, row);
            }
            else
            {
                TakeInterleaved(source, layout, row);
            }
        }

        Picture picture = pool.Rent(width, height);
        RgbConvert.FromBgra(bgra, width * 4, picture);
        return picture;
    }

    private static void TakeIndexed(byte* source, uint* palette, Span<byte> row)
    {
        for (; !row.IsEmpty; row = row[4..], source++)
        {
            // Entries are 0xAARRGGBB in the machine's own order.
            uint entry = palette[*source];
            Put(row, (byte)(entry >> 16), (byte)(entry >> 8), (byte)entry, (byte)(entry >> 24));
        }
    }

    private static void TakeBits(byte* source, Span<byte> row)
    {
        for (int x = 0; x < row.Length / 4; x++)
        {
            byte level = (source[x / 8] & (0x80 >> (x % 8))) != 0 ? byte.MaxValue : (byte)0;
            Put(row[(x * 4)..], level, level, level, byte.MaxValue);
        }
    }

    private static void TakeInterleaved(byte* source, in Interleaved layout, Span<byte> row)
    {
        for (; !row.IsEmpty; row = row[4..], source += layout.Bytes)
        {
            byte alpha = layout.Alpha < 0 ? byte.MaxValue : source[layout.Alpha];
            Put(row, source[layout.Red], source[layout.Green], source[layout.Blue], alpha);
        }
    }

    private static void Put(Span<byte> bgra, byte red, byte green, byte blue, byte alpha)
    {
        bgra[0] = OnWhite(blue, alpha);
        bgra[1] = OnWhite(green, alpha);
        bgra[2] = OnWhite(red, alpha);
        bgra[3] = byte.MaxValue;
    }

    private static byte OnWhite(byte level, byte alpha) =>
        (byte)(((level * alpha) + (byte.MaxValue * (byte.MaxValue - alpha)) + 127) / byte.MaxValue);

    /// <summary>Bytes of a pixel and where in it each colour lies; no alpha at −1.</summary>
    private readonly record struct Interleaved(int Bytes, int Red, int Green, int Blue, int Alpha = -1);
}
