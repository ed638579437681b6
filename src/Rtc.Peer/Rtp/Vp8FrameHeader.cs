namespace Rtc.Peer.Rtp;

/// <summary>The first bytes of a VP8 frame (RFC 6386 section 9.1): key or not and, of a key frame, its size.</summary>
internal readonly record struct Vp8FrameHeader(bool IsKey, int Width, int Height)
{
    private const int TagLength = 3;
    private const int KeyHeaderLength = 10;

    /// <summary>The P bit alone, for a frame's first packet.</summary>
    public static bool StartsKey(ReadOnlySpan<byte> frame) => frame.Length > 0 && (frame[0] & 1) == 0;

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

        int width = (frame[6] | (frame[7] << 8)) & 0x3FFF;
        int height = (frame[8] | (frame[9] << 8)) & 0x3FFF;
        header = new Vp8FrameHeader(true, width, height);
        return width > 0 && height > 0;
    }
}
