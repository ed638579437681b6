using System.Buffers.Binary;

namespace Rtc.Peer.Tests.Rtp;

/// <summary>Frames that look like a codec's, with bytes that tell whether they came whole.</summary>
internal static class TestFrames
{
    public static EncodedFrame Vp8(
        EncodedFramePool pool, uint timestamp, bool key, int length, int layer = 0, bool sync = false, int width = 640)
    {
        byte[] bytes = Bytes(timestamp, Math.Max(length, 24));
        bytes[0] = (byte)((bytes[0] & 0xFE) | (key ? 0 : 1));
        if (key)
        {
            new byte[] { 0x9D, 0x01, 0x2A, (byte)width, (byte)(width >> 8), 0xE0, 0x01 }.CopyTo(bytes, 3);
        }

        EncodedFrame frame = pool.Rent();
        frame.Codec = VideoCodec.Vp8;
        frame.RtpTimestamp = timestamp;
        frame.IsKey = key;
        frame.TemporalLayer = (byte)layer;
        frame.LayerSync = sync;
        frame.Append(bytes);
        return frame;
    }

    public static EncodedFrame H264(EncodedFramePool pool, uint timestamp, bool key, int length, bool parameterSets = true)
    {
        EncodedFrame frame = pool.Rent();
        frame.Codec = VideoCodec.H264;
        frame.RtpTimestamp = timestamp;
        frame.IsKey = key;
        if (key && parameterSets)
        {
            frame.Append([0, 0, 0, 1, 0x67, 0x42, 0xE0, 0x1F, 0x8D, 0x68, 0x05]);
            frame.Append([0, 0, 0, 1, 0x68, 0xCE, 0x3C, 0x80]);
        }

        byte[] bytes = Bytes(timestamp, Math.Max(length, 24));

        // A start code inside would be a unit's end, as emulation prevention sees to in real streams.
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] |= 1;
        }

        bytes[0] = (byte)(key ? 0x65 : 0x41);
        bytes[1] = (byte)(key ? 0x89 : 0x9B); // first_mb_in_slice 0, slice_type 7 (I) or 5 (P)
        frame.Append([0, 0, 0, 1]);
        frame.Append(bytes);
        return frame;
    }

    private static byte[] Bytes(uint seed, int length)
    {
        byte[] bytes = new byte[length];
        ulong state = seed + 0x9E3779B97F4A7C15;
        for (int i = 0; i + 8 <= length; i += 8)
        {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(i), state);
        }

        return bytes;
    }
}
