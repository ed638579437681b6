namespace Rtc.Peer.Rtp;

/// <summary>The VP8 payload descriptor before each packet's part of a frame (RFC 7741 section 4.2).</summary>
internal readonly ref struct Vp8DescriptorView
{
    // X of the first byte; I, L, T and K of the second.
    private const int IsExtended = 0x80;
    private const int HasPictureId = 0x80;
    private const int HasTl0 = 0x40;
    private const int HasLayer = 0x20;
    private const int HasKeyIndex = 0x10;

    private Vp8DescriptorView(
        bool start, int partition, bool nonReference, int pictureId, bool longId, int tl0, int tid, bool sync, int keyIndex,
        ReadOnlySpan<byte> payload)
    {
        StartOfPartition = start;
        Partition = partition;
        NonReference = nonReference;
        PictureId = pictureId;
        LongPictureId = longId;
        Tl0PicIdx = tl0;
        TemporalLayer = tid;
        LayerSync = sync;
        KeyIndex = keyIndex;
        Payload = payload;
    }

    public bool StartOfPartition { get; }

    public int Partition { get; }

    /// <summary>N: no later picture needs this one.</summary>
    public bool NonReference { get; }

    /// <summary>7 or 15 bits, -1 where absent.</summary>
    public int PictureId { get; }

    public bool LongPictureId { get; }

    /// <summary>-1 where absent.</summary>
    public int Tl0PicIdx { get; }

    /// <summary>TID, -1 where absent.</summary>
    public int TemporalLayer { get; }

    /// <summary>Y: needs the base layer only.</summary>
    public bool LayerSync { get; }

    /// <summary>KEYIDX, -1 where absent.</summary>
    public int KeyIndex { get; }

    public ReadOnlySpan<byte> Payload { get; }

    public bool StartsFrame => StartOfPartition && Partition == 0;

    /// <summary>False for a descriptor that is cut off, or that has nothing behind it.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out Vp8DescriptorView view)
    {
        view = default;
        if (bytes.Length < 2)
        {
            return false;
        }

        byte first = bytes[0];
        byte extended = (first & IsExtended) != 0 ? bytes[1] : (byte)0;
        ReadOnlySpan<byte> rest = bytes[((first & IsExtended) != 0 ? 2 : 1)..];
        int pictureId = -1;
        bool longId = false;
        byte tl0 = 0;
        byte layer = 0;
        if (((extended & HasPictureId) != 0 && !TryTakePictureId(ref rest, out pictureId, out longId))
            || ((extended & HasTl0) != 0 && !TryTake(ref rest, out tl0))
            || ((extended & (HasLayer | HasKeyIndex)) != 0 && !TryTake(ref rest, out layer))
            || rest.IsEmpty)
        {
            return false;
        }

        bool hasLayer = (extended & HasLayer) != 0;
        view = new Vp8DescriptorView(
            (first & 0x10) != 0,
            first & 0x07,
            (first & 0x20) != 0,
            pictureId,
            longId,
            (extended & HasTl0) != 0 ? tl0 : -1,
            hasLayer ? layer >> 6 : -1,
            hasLayer && (layer & 0x20) != 0,
            (extended & HasKeyIndex) != 0 ? layer & 0x1F : -1,
            rest);
        return true;
    }

    /// <summary>7 bits, or 15 where the first of them (M) says so.</summary>
    private static bool TryTakePictureId(ref ReadOnlySpan<byte> rest, out int pictureId, out bool isLong)
    {
        bool taken = TryTake(ref rest, out byte high);
        pictureId = high;
        isLong = (high & 0x80) != 0;
        if (isLong)
        {
            taken = TryTake(ref rest, out byte low);
            pictureId = ((high & 0x7F) << 8) | low;
        }

        return taken;
    }

    private static bool TryTake(ref ReadOnlySpan<byte> rest, out byte value)
    {
        if (rest.IsEmpty)
        {
            value = 0;
            return false;
        }

        value = rest[0];
        rest = rest[1..];
        return true;
    }
}
