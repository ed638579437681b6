namespace Rtc.Bitstream;

/// <summary>How pictures are compressed.</summary>
public enum VideoCodec : byte
{
    None,
    Vp8,
    H264,
}
