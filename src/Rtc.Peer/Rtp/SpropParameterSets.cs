using Rtc.Bitstream.H264;

namespace Rtc.Peer.Rtp;

/// <summary>
/// The sequence and picture parameter sets of a description's sprop-parameter-sets (RFC 6184 section 8.1): units in base64,
/// with commas between. A sender that announces them need not send them again.
/// </summary>
internal static class SpropParameterSets
{
    private const int MaxUnits = 8;
    private const int MaxUnitBytes = 512;

    /// <summary>What is no parameter set is passed over.</summary>
    public static IReadOnlyList<byte[]> Read(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return [];
        }

        var units = new List<byte[]>();
        Span<byte> unit = stackalloc byte[MaxUnitBytes];
        foreach (Range part in text.AsSpan().Split(','))
        {
            bool read = Convert.TryFromBase64Chars(text.AsSpan()[part].Trim(), unit, out int length);
            if (read && length > 1 && NalType.Of(unit[0]) is NalType.Sps or NalType.Pps && units.Count < MaxUnits)
            {
                units.Add(unit[..length].ToArray());
            }
        }

        return units;
    }
}
