namespace Rtc.Peer.Send;

/// <summary>
/// Cuts a VP8 frame into packets with our own descriptor (RFC 7741 section 4.2): 15-bit PictureID,
/// TL0PICIDX and TID are counted here, per viewer, so that frames left out leave no hole.
/// </summary>
internal static class Vp8Packetizer
{
    private const int DescriptorLength = 6;
    private const byte Extended = 0x80;
    private const byte StartOfPartition = 0x10;
    private const byte PictureTl0Tid = 0xE0;

    public static void Packetize(EncodedFrame frame, ushort pictureId, byte tl0, int budget, PacketRing ring)
    {
        byte layer = (byte)((frame.TemporalLayer << 6) | (frame.LayerSync ? 0x20 : 0));
        ulong rest = ((ulong)PictureTl0Tid << 8)
            | ((ulong)(0x80 | (pictureId >> 8)) << 16)
            | ((ulong)(pictureId & 0xFF) << 24)
            | ((ulong)tl0 << 32)
            | ((ulong)layer << 40);
        SplitEvenly split = new(frame.Length, budget - DescriptorLength);
        int offset = 0;
        for (int part = 0; part < split.Parts; part++)
        {
            ref PacketRecord packet = ref ring.Add();
            packet.Frame = frame;
            packet.Offset = offset;
            packet.Length = split.Length(part);
            packet.Prefix = rest | Extended | (part == 0 ? StartOfPartition : 0u);
            packet.PrefixLength = DescriptorLength;
            packet.First = part == 0;
            packet.Marker = part == split.Parts - 1;
            offset += packet.Length;
        }
    }
}
