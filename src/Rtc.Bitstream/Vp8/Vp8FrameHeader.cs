namespace Rtc.Bitstream.Vp8;

/// <summary>The uncompressed bytes that open a VP8 frame (RFC 6386 section 9.1): key or not and, of a key frame, its size.</summary>
public readonly record struct Vp8FrameHeader(bool IsKey, int Width, int Height)
{
    private const int TagLength = 3;
    private const int KeyHeaderLength = 10;

    /// <summary>The P bit alone, for a frame's first packet.</summary>
    public static bool StartsKey(ReadOnlySpan<byte> frame) => frame.Length > 0 && (frame[0] & 1) == 0;

    /// <summary>A frame that is no key frame carries no size: it is 0 then.</summary>
    public static bool TryParse(ReadOnlySpan<byte> frame, out Vp8FrameHeader header)
    {
        header = default;
        if (frame.Length < TagLength)
        {
            return false;
        }

        if (!StartsKey(frame))
        {
            return true;
        }

        if (frame.Length < KeyHeaderLength || frame[3] != 0x9D || frame[4] != 0x01 || frame[5] != 0x2A)
        {
            return false;
        }

        // Two bits of scale above fourteen of size: a hint for display that no player follows.
        int width = (frame[6] | (frame[7] << 8)) & 0x3FFF;
        int height = (frame[8] | (frame[9] << 8)) & 0x3FFF;
        header = new Vp8FrameHeader(true, width, height);
        return width > 0 && height > 0;
    }

    /// <summary>Whether the first partition, without which nothing can be decoded, is there whole.</summary>
    public static bool HoldsFirstPartition(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < TagLength)
        {
            return false;
        }

        int length = (frame[0] >> 5) | (frame[1] << 3) | (frame[2] << 11);
        return length > 0 && length <= frame.Length - (StartsKey(frame) ? KeyHeaderLength : TagLength);
    }
}
