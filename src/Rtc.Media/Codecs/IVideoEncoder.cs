namespace Rtc.Media.Codecs;

public sealed record EncoderSettings
{
    public required int Width { get; init; }

    public required int Height { get; init; }

    public int FramesPerSecond { get; init; } = 30;

    public int BitrateKbps { get; init; } = 1200;

    /// <summary>1 to 3 temporal layers.</summary>
    public int TemporalLayers { get; init; } = 1;

    /// <summary>0 chooses by the picture's size and the machine's cores.</summary>
    public int Threads { get; init; }

    /// <summary>The share of the time between two pictures that encoding should take; the effort follows it.</summary>
    public double CpuBudget { get; init; } = 0.1;

    /// <summary>Whether a picture may be dropped to hold the bitrate.</summary>
    public bool MayDrop { get; init; } = true;

    /// <summary>Whether a graphics card may do it.</summary>
    public CodecHardware Hardware { get; init; }

    /// <summary>Where coded frames come from.</summary>
    public EncodedFramePool Frames { get; init; } = EncodedFramePool.Shared;
}

/// <summary>
/// Compresses pictures one after another; every one goes in as it comes, none is held back. The size may
/// change between pictures (the next one is then a key frame). Used by one thread at a time.
/// </summary>
public interface IVideoEncoder : IDisposable
{
    VideoCodec Codec { get; }

    /// <summary>Takes effect on the next picture.</summary>
    void SetBitrate(int kilobitsPerSecond);

    /// <summary>
    /// 1 to 3, from the next picture of the base layer on, without a key frame. An encoder that cannot change them while it
    /// runs ignores it.
    /// </summary>
    void SetTemporalLayers(int layers)
    {
    }

    /// <summary>
    /// Never codes finer than this quantizer of the codec's own scale from the next picture on; −1 leaves it to the
    /// encoder. One that cannot change it while it runs ignores it.
    /// </summary>
    void SetMinQuantizer(int quantizer)
    {
    }

    /// <summary>
    /// Gives the subject its bits and the rest (blurred, say) fewer: <paramref name="strength"/> is how much coarser the
    /// rest may get, 0 to 63. A null subject treats all alike again. Encoders that cannot do it ignore it. The mask is
    /// read while the next picture is coded.
    /// </summary>
    void SetInterest(Mask? subject, int strength)
    {
    }

    /// <summary>
    /// Null where the encoder dropped the picture to hold its rate. The caller disposes what is returned, and still owns the picture.
    /// </summary>
    EncodedFrame? Encode(Picture picture, uint rtpTimestamp, bool forceKey);
}
