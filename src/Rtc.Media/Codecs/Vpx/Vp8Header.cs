namespace Rtc.Media.Codecs.Vpx;

/// <summary>The uncompressed chunk that opens a VP8 frame (RFC 6386, section 9.1).</summary>
public readonly ref struct Vp8Header
{
    private const int FrameTagBytes = 3;
    private const int KeyHeaderBytes = 10;
    private const uint StartCode = 0x2A019D;

    private Vp8Header(bool isKey, bool isShown, int width, int height)
    {
        IsKey = isKey;
        IsShown = isShown;
        Width = width;
        Height = height;
    }

    public bool IsKey { get; }

    public bool IsShown { get; }

    /// <summary>0 where the frame is no key frame: only those carry a size.</summary>
    public int Width { get; }

    public int Height { get; }

    public static bool TryParse(ReadOnlySpan<byte> data, out Vp8Header header)
    {
        header = default;
        if (data.Length < FrameTagBytes)
        {
            return false;
        }

        bool isKey = (data[0] & 1) == 0;
        bool isShown = (data[0] & 0x10) != 0;
        int firstPartition = (data[0] >> 5) | (data[1] << 3) | (data[2] << 11);
        if (firstPartition == 0 || firstPartition > data.Length - (isKey ? KeyHeaderBytes : FrameTagBytes))
        {
            return false;
        }

        if (!isKey)
        {
            header = new Vp8Header(false, isShown, 0, 0);
            return true;
        }

        if (data.Length < KeyHeaderBytes || (uint)(data[3] | (data[4] << 8) | (data[5] << 16)) != StartCode)
        {
            return false;
        }

        // Two bits of scale above fourteen of size: a wish about display that nobody honours.
        int width = (data[6] | (data[7] << 8)) & 0x3FFF;
        int height = (data[8] | (data[9] << 8)) & 0x3FFF;
        header = new Vp8Header(true, isShown, width, height);
        return width > 0 && height > 0;
    }
}
