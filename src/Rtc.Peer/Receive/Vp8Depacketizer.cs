using Rtc.Bitstream.Vp8;
using Rtc.Peer.Rtp;

namespace Rtc.Peer.Receive;

/// <summary>VP8 (RFC 7741): strips each payload's descriptor and joins the rest.</summary>
internal sealed class Vp8Depacketizer : IDepacketizer
{
    public bool TryInspect(ReadOnlySpan<byte> payload, out PayloadKind kind)
    {
        kind = default;
        if (!Vp8DescriptorView.TryParse(payload, out Vp8DescriptorView view))
        {
            return false;
        }

        bool key = view.StartsFrame && Vp8FrameHeader.StartsKey(view.Payload);
        kind = new PayloadKind(view.StartsFrame, key, view.StartsFrame && !key);
        return true;
    }

    public void Begin(EncodedFrame frame)
    {
    }

    public bool TryAppend(EncodedFrame frame, ReadOnlySpan<byte> payload)
    {
        if (!Vp8DescriptorView.TryParse(payload, out Vp8DescriptorView view) || view.StartsFrame != (frame.Length == 0))
        {
            return false;
        }

        if (view.StartsFrame)
        {
            frame.IsKey = Vp8FrameHeader.StartsKey(view.Payload);
            frame.TemporalLayer = (byte)Math.Max(0, view.TemporalLayer);
            frame.LayerSync = view.LayerSync;
        }

        frame.Append(view.Payload);
        return true;
    }

    public bool TryFinish(EncodedFrame frame) =>
        Vp8FrameHeader.TryParse(frame.Data, out Vp8FrameHeader header) && header.IsKey == frame.IsKey;
}
