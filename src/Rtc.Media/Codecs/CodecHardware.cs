namespace Rtc.Media.Codecs;

/// <summary>Which H.264 pictures go to a graphics card that has NVENC and NVDEC.</summary>
public enum CodecHardware
{
    /// <summary>All that are written, and those read that are large enough to be worth the way there and back.</summary>
    Auto,

    /// <summary>None.</summary>
    Off,

    /// <summary>All that the card takes.</summary>
    Always,
}
