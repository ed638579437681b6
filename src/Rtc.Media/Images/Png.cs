using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using Rtc.Media.Drawing;
using Rtc.Media.Yuv;

namespace Rtc.Media.Images;

/// <summary>
/// Writes PNG: pictures as RGB, masks as grey, maps of classes by a palette. (ISO/IEC 15948; the packing is the framework's zlib.)
/// </summary>
public static class Png
{
    private const byte Grey = 0;
    private const byte Truecolour = 2;
    private const byte Indexed = 3;
    private const byte FilterUp = 2;
    private const int MaxEntries = 256;

    private static ReadOnlySpan<byte> Signature => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    public static byte[] Encode(PictureView picture)
    {
        byte[] rgb = new byte[picture.Width * 3 * picture.Height];
        RgbConvert.ToRgb(picture, rgb, picture.Width * 3);
        return Write(rgb, picture.Width, picture.Height, Truecolour, 3);
    }

    public static byte[] Encode(Mask mask) => Write(mask.Alpha, mask.Width, mask.Height, Grey, 1);

    /// <summary>One byte a pixel, row by row, each the number of a palette's entry.</summary>
    /// <param name="pixels">Numbers below the palette's length.</param>
    /// <param name="width">Of the picture.</param>
    /// <param name="height">Of the picture.</param>
    /// <param name="palette">1 to 256 colours.</param>
    /// <param name="alpha">How opaque each entry is; those that are missing are whole.</param>
    public static byte[] EncodeIndexed(
        ReadOnlySpan<byte> pixels, int width, int height, ReadOnlySpan<Colour> palette, ReadOnlySpan<byte> alpha)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(pixels.Length, width * height);
        ArgumentOutOfRangeException.ThrowIfZero(palette.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(palette.Length, MaxEntries);
        using var file = new MemoryStream();
        Begin(file, width, height, Indexed);
        byte[] colours = new byte[palette.Length * 3];
        for (int i = 0; i < palette.Length; i++)
        {
            (colours[i * 3], colours[(i * 3) + 1], colours[(i * 3) + 2]) = (palette[i].Red, palette[i].Green, palette[i].Blue);
        }

        Chunk(file, "PLTE"u8, colours);
        Chunk(file, "tRNS"u8, alpha[..Math.Min(alpha.Length, palette.Length)]);
        using (var packed = new MemoryStream())
        {
            using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            {
                Up(zlib, pixels, width, height);
            }

            Chunk(file, "IDAT"u8, packed.GetBuffer().AsSpan(0, (int)packed.Length));
        }

        Chunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    /// <summary>Each row as its difference from the one above: zeros nearly everywhere in a map that was stretched.</summary>
    private static void Up(ZLibStream zlib, ReadOnlySpan<byte> pixels, int width, int height)
    {
        byte[] row = new byte[width + 1];
        row[0] = FilterUp;
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<byte> own = pixels.Slice(y * width, width);
            Span<byte> coded = row.AsSpan(1);
            if (y == 0)
            {
                own.CopyTo(coded);
            }
            else if (pixels.Slice((y - 1) * width, width) is var above && own.SequenceEqual(above))
            {
                coded.Clear();
            }
            else
            {
                for (int x = 0; x < coded.Length; x++)
                {
                    coded[x] = (byte)(own[x] - above[x]);
                }
            }

            zlib.Write(row);
        }
    }

    private static void Begin(MemoryStream file, int width, int height, byte colourType)
    {
        file.Write(Signature);
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 8;
        header[9] = colourType;
        Chunk(file, "IHDR"u8, header);
    }

    private static byte[] Write(ReadOnlySpan<byte> pixels, int width, int height, byte colourType, int bytesPerPixel)
    {
        using var file = new MemoryStream();
        Begin(file, width, height, colourType);
        using (var packed = new MemoryStream())
        {
            using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            {
                Filter(zlib, pixels, width * bytesPerPixel, height, bytesPerPixel);
            }

            Chunk(file, "IDAT"u8, packed.GetBuffer().AsSpan(0, (int)packed.Length));
        }

        Chunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    /// <summary>Each row as its difference from the left neighbour (filter 1), which packs far better than the levels.</summary>
    private static void Filter(ZLibStream zlib, ReadOnlySpan<byte> pixels, int rowBytes, int height, int bytesPerPixel)
    {
        byte[] row = new byte[rowBytes + 1];
        row[0] = 1;
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<byte> source = pixels.Slice(y * rowBytes, rowBytes);
            for (int x = 0; x < rowBytes; x++)
            {
                row[x + 1] = (byte)(source[x] - (x >= bytesPerPixel ? source[x - bytesPerPixel] : 0));
            }

            zlib.Write(row);
        }
    }

    private static void Chunk(MemoryStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> body)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, body.Length);
        file.Write(number);
        file.Write(type);
        file.Write(body);
        var checksum = new Crc32();
        checksum.Append(type);
        checksum.Append(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, checksum.GetCurrentHashAsUInt32());
        file.Write(number);
    }
}
