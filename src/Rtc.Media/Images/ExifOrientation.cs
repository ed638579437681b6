using System.Buffers.Binary;

namespace Rtc.Media.Images;

/// <summary>Finds the orientation tag (0x0112) in a JPEG's APP1 segment; upright where there is none or it makes no sense.</summary>
internal static class ExifOrientation
{
    private const byte App1 = 0xE1;
    private const byte StartOfScan = 0xDA;
    private const ushort Tag = 0x0112;
    private const int EntryBytes = 12;

    public static Orientation Read(ReadOnlySpan<byte> jpeg)
    {
        int at = 2;
        while (at + 4 <= jpeg.Length && jpeg[at] == 0xFF && jpeg[at + 1] != StartOfScan)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(jpeg[(at + 2)..]);
            if (length < 2 || at + 2 + length > jpeg.Length)
            {
                break;
            }

            ReadOnlySpan<byte> body = jpeg.Slice(at + 4, length - 2);
            if (jpeg[at + 1] == App1 && body.StartsWith("Exif\0\0"u8))
            {
                return ReadTiff(body[6..]);
            }

            at += 2 + length;
        }

        return Orientation.Upright;
    }

    private static Orientation ReadTiff(ReadOnlySpan<byte> tiff)
    {
        if (tiff.Length < 8)
        {
            return Orientation.Upright;
        }

        bool little = tiff[0] == 'I';
        uint offset = U32(tiff[4..], little);
        if (offset > (uint)tiff.Length - 2)
        {
            return Orientation.Upright;
        }

        int entries = U16(tiff[(int)offset..], little);
        for (int i = 0; i < entries; i++)
        {
            long entry = offset + 2 + ((long)i * EntryBytes);
            if (entry + EntryBytes > tiff.Length)
            {
                break;
            }

            ReadOnlySpan<byte> at = tiff.Slice((int)entry, EntryBytes);
            if (U16(at, little) == Tag)
            {
                int value = U16(at[8..], little);
                return value is >= 1 and <= 8 ? (Orientation)value : Orientation.Upright;
            }
        }

        return Orientation.Upright;
    }

    private static int U16(ReadOnlySpan<byte> at, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(at) : BinaryPrimitives.ReadUInt16BigEndian(at);

    private static uint U32(ReadOnlySpan<byte> at, bool little) =>
        little ? BinaryPrimitives.ReadUInt32LittleEndian(at) : BinaryPrimitives.ReadUInt32BigEndian(at);
}
