using System.Buffers.Binary;

namespace Rtc.Media.Images;

/// <summary>A still picture of one of the kinds that are read here, told apart by its first bytes and not by its name.</summary>
public static class StillImage
{
    /// <summary>The kinds, for messages.</summary>
    public const string Kinds = "JPEG, PNG or WebP";

    private const int PngHeaderBytes = 24;
    private const int WebpHeaderBytes = 30;

    private static ReadOnlySpan<byte> PngSignature => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>
    /// The upright picture; false with a reason where the bytes are of no such kind, are broken or the picture is too large.
    /// </summary>
    public static bool TryDecode(ReadOnlySpan<byte> data, PicturePool pool, out Picture? picture, out string? problem) =>
        TryDecode(data, pool, Jpeg.MaxPixels, out picture, out _, out problem);

    /// <summary>The same for pictures of strangers: the size is looked at before memory is spent on it.</summary>
    public static bool TryDecode(
        ReadOnlySpan<byte> data, PicturePool pool, long maxPixels, out Picture? picture, out bool isTooLarge, out string? problem)
    {
        (string? codec, long pixels) = Inspect(data);
        if (codec is null)
        {
            return Jpeg.TryDecode(data, pool, maxPixels, out picture, out isTooLarge, out problem);
        }

        picture = null;
        isTooLarge = pixels > maxPixels;
        if (isTooLarge || pixels < 1)
        {
            problem = isTooLarge ? $"it is larger than {maxPixels} pixels" : "its header is broken";
            return false;
        }

        return AvStill.TryDecode(codec, data, pool, maxPixels, out picture, out problem);
    }

    /// <summary>
    /// libavcodec's name of the kind and what its header says of the size (0: nothing sensible); no name for what may be a JPEG.
    /// </summary>
    private static (string? Codec, long Pixels) Inspect(ReadOnlySpan<byte> data)
    {
        if (data.StartsWith(PngSignature))
        {
            return ("png", data.Length < PngHeaderBytes
                ? 0
                : Product(BinaryPrimitives.ReadUInt32BigEndian(data[16..]), BinaryPrimitives.ReadUInt32BigEndian(data[20..])));
        }

        if (data.Length >= 12 && data.StartsWith("RIFF"u8) && data[8..].StartsWith("WEBP"u8))
        {
            return ("webp", data.Length < WebpHeaderBytes ? 0 : WebpPixels(data[12..]));
        }

        return (null, 0);
    }

    /// <summary>
    /// By the first chunk (RFC 9649, section 2.5 to 2.7): one key frame of VP8, a lossless picture, or the canvas of what is extended.
    /// </summary>
    private static long WebpPixels(ReadOnlySpan<byte> chunk)
    {
        ReadOnlySpan<byte> body = chunk[8..];
        if (chunk.StartsWith("VP8 "u8))
        {
            return Product(
                BinaryPrimitives.ReadUInt16LittleEndian(body[6..]) & 0x3FFFu, BinaryPrimitives.ReadUInt16LittleEndian(body[8..]) & 0x3FFFu);
        }

        if (chunk.StartsWith("VP8L"u8))
        {
            uint bits = BinaryPrimitives.ReadUInt32LittleEndian(body[1..]);
            return Product((bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1);
        }

        return chunk.StartsWith("VP8X"u8) ? Product(Whole24(body[4..]) + 1, Whole24(body[7..]) + 1) : 0;
    }

    private static uint Whole24(ReadOnlySpan<byte> bytes) => bytes[0] | ((uint)bytes[1] << 8) | ((uint)bytes[2] << 16);

    private static long Product(uint width, uint height) =>
        width > int.MaxValue || height > int.MaxValue ? long.MaxValue : (long)width * height;
}
