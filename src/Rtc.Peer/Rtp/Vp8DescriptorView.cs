namespace Rtc.Peer.Rtp;

/// <summary>The VP8 payload descriptor before each packet's part of a frame (RFC 7741 section 4.2).</summary>
internal readonly ref struct Vp8DescriptorView
{
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

    public static bool TryParse(ReadOnlySpan<byte> bytes, out Vp8DescriptorView view)
    {
        view = default;
        if (bytes.Length < 2)
        {
            return false;
        }

        byte first = bytes[0];
        int at = 1;
        int pictureId = -1;
        bool longId = false;
        int tl0 = -1;
        int tid = -1;
        bool sync = false;
        int keyIndex = -1;
        if ((first & 0x80) != 0)
        {
            byte extended = bytes[at++];
            if ((extended & 0x80) != 0)
            {
                if (at >= bytes.Length)
                {
                    return false;
                }

                pictureId = bytes[at++];
                if ((pictureId & 0x80) != 0)
                {
                    if (at >= bytes.Length)
                    {
                        return false;
                    }

                    longId = true;
                    pictureId = ((pictureId & 0x7F) << 8) | bytes[at++];
                }
            }

            if ((extended & 0x40) != 0)
            {
                if (at >= bytes.Length)
                {
                    return false;
                }

                tl0 = bytes[at++];
            }

            if ((extended & 0x30) != 0)
            {
                if (at >= bytes.Length)
                {
                    return false;
                }

                byte layer = bytes[at++];
                if ((extended & 0x20) != 0)
                {
                    tid = layer >> 6;
                    sync = (layer & 0x20) != 0;
                }

                if ((extended & 0x10) != 0)
                {
                    keyIndex = layer & 0x1F;
                }
            }
        }

        if (at >= bytes.Length)
        {
            return false; // a descriptor with nothing behind it
        }

        view = new Vp8DescriptorView(
            (first & 0x10) != 0, first & 0x07, (first & 0x20) != 0, pictureId, longId, tl0, tid, sync, keyIndex, bytes[at..]);
        return true;
    }
}
