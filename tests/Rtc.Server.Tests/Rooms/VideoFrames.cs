namespace Rtc.Server.Tests.Rooms;

/// <summary>Coded frames that carry a number which the receiver finds again.</summary>
internal static class VideoFrames
{
    private const int NumberAt = 20;

    public static EncodedFrame Vp8(int number, bool isKey)
    {
        byte[] data = new byte[600];
        data[0] = (byte)(isKey ? 0x10 : 0x11);
        if (isKey)
        {
            ReadOnlySpan<byte> start = [0x9D, 0x01, 0x2A, 0x80, 0x02, 0xE0, 0x01];
            start.CopyTo(data.AsSpan(3));
        }

        data[NumberAt] = (byte)number;
        EncodedFrame frame = EncodedFramePool.Shared.Rent();
        frame.Codec = VideoCodec.Vp8;
        frame.IsKey = isKey;
        frame.RtpTimestamp = (uint)(1000 + (number * 3000));
        frame.Append(data);
        return frame;
    }

    public static int NumberOf(ReadOnlySpan<byte> data) => data[NumberAt];
}
