namespace Rtc.Bitstream.H264;

/// <summary>The id of a sequence or picture parameter set, by which slices and picture parameter sets name it.</summary>
public static class ParameterSetId
{
    // A header byte, and in a sequence parameter set profile, constraints and level (ITU-T H.264 section 7.3.2.1.1).
    private const int SpsStart = 4;
    private const int PpsStart = 1;

    /// <param name="unit">A unit of type 7 or 8 from its header byte on.</param>
    /// <param name="id">What it is called.</param>
    public static bool TryRead(ReadOnlySpan<byte> unit, out uint id)
    {
        id = 0;
        if (unit.IsEmpty || NalType.Of(unit[0]) is not (NalType.Sps or NalType.Pps))
        {
            return false;
        }

        int start = NalType.Of(unit[0]) == NalType.Sps ? SpsStart : PpsStart;
        var bits = new BitReader(unit[Math.Min(start, unit.Length)..]);
        id = bits.Unsigned();
        return !bits.Overrun;
    }
}
