namespace Rtc.Bitstream;

/// <summary>How the picture has to be turned clockwise to stand upright (3GPP TS 26.114, CVO).</summary>
public enum VideoRotation : byte
{
    None,
    Clockwise90,
    Clockwise180,
    Clockwise270,
}
