namespace Rtc.Peer.Receive;

/// <summary>
/// What each payload type of one m-section carries: a codec, or retransmissions (RFC 4588) of another
/// payload type. Filled from the SDP, read for every packet.
/// </summary>
internal sealed class PayloadMap
{
    private const int Types = 128;

    private readonly VideoCodec[] _codecs = new VideoCodec[Types];
    private readonly byte[] _original = new byte[Types];
    private readonly bool[] _isRtx = new bool[Types];

    public PayloadMap AddCodec(byte payloadType, VideoCodec codec)
    {
        _codecs[payloadType & 0x7F] = codec;
        return this;
    }

    /// <summary><paramref name="original"/> is the fmtp line's "apt".</summary>
    public PayloadMap AddRtx(byte payloadType, byte original)
    {
        _isRtx[payloadType & 0x7F] = true;
        _original[payloadType & 0x7F] = original;
        return this;
    }

    public void Clear()
    {
        Array.Clear(_codecs);
        Array.Clear(_isRtx);
    }

    public VideoCodec Codec(byte payloadType) => _codecs[payloadType & 0x7F];

    public bool IsRtx(byte payloadType) => _isRtx[payloadType & 0x7F];

    public byte Original(byte rtxPayloadType) => _original[rtxPayloadType & 0x7F];

    public bool Knows(byte payloadType) => IsRtx(payloadType) || Codec(payloadType) != VideoCodec.None;
}
