namespace Rtc.Peer.Tests.Simulation;

/// <summary>Bytes that look like a coded picture as far as RTP is concerned: a right first header, then noise.</summary>
internal static class SyntheticFrame
{
    public static void Fill(EncodedFrame frame, VideoCodec codec, bool key, int length, Random random)
    {
        frame.Codec = codec;
        frame.IsKey = key;
        byte[] noise = new byte[length];
        random.NextBytes(noise);
        if (codec == VideoCodec.Vp8)
        {
            // RFC 6386 section 9.1: bit 0 of the frame tag is 0 in key frames; they go on with the start code and a size.
            noise[0] = (byte)(key ? 0x10 : 0x11);
            if (key)
            {
                ReadOnlySpan<byte> start = [0x9D, 0x01, 0x2A, 0x80, 0x02, 0xE0, 0x01];
                start.CopyTo(noise.AsSpan(3));
            }

            frame.Append(noise);
            return;
        }

        for (int i = 0; i < noise.Length; i++)
        {
            noise[i] |= 1; // no start code inside
        }

        if (key)
        {
            frame.Append([0, 0, 0, 1, 0x67, 0x42, 0xE0, 0x1F, 0x8C, 0x8D, 0x40, 0, 0, 0, 1, 0x68, 0xCE, 0x3C, 0x80]);
        }

        // first_mb_in_slice 0, slice_type 7 (I) or 5 (P): noise would now and then say "I" of a picture that leans on others.
        noise[0] = (byte)(key ? 0x89 : 0x9B);
        frame.Append([0, 0, 0, 1, (byte)(key ? 0x65 : 0x41)]);
        frame.Append(noise);
    }
}
