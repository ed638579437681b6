using Rtc.Peer.Rtp;

namespace Rtc.Peer.Receive;

/// <summary>
/// The newest sequence and picture parameter sets of a stream, by id. A sender may send them once and
/// later begin a key frame with the IDR slice alone; a decoder that starts there needs them again.
/// </summary>
internal sealed class H264ParameterSets
{
    private const int MostSets = 4;
    private const int LongestSet = 1024;

    private readonly byte[]?[] _sps = new byte[MostSets][];
    private readonly byte[]?[] _pps = new byte[MostSets][];

    public bool Complete { get; private set; }

    /// <summary>Keeps a unit of type 7 or 8; others, and those with an id of 4 or more, are passed over.</summary>
    public void Keep(ReadOnlySpan<byte> unit)
    {
        if (unit.Length is < 2 or > LongestSet)
        {
            return;
        }

        // seq_parameter_set_id follows three bytes of profile and level (7.3.2.1.1), pic_parameter_set_id nothing (7.3.2.2).
        bool sps = H264.Type(unit[0]) == H264.Sps;
        int id = unit.Length > 4 || !sps ? ExpGolomb(unit[(sps ? 4 : 1)..]) : -1;
        if ((uint)id >= MostSets)
        {
            return;
        }

        byte[]?[] sets = sps ? _sps : _pps;
        if (sets[id] is not { } known || !unit.SequenceEqual(known))
        {
            sets[id] = unit.ToArray();
        }

        Complete = Any(_sps) && Any(_pps);
    }

    public void AppendSps(EncodedFrame frame) => AppendAll(frame, _sps);

    public void AppendPps(EncodedFrame frame) => AppendAll(frame, _pps);

    private static bool Any(byte[]?[] sets) => Array.Exists(sets, set => set is not null);

    private static void AppendAll(EncodedFrame frame, byte[]?[] sets)
    {
        foreach (byte[]? set in sets)
        {
            if (set is not null)
            {
                frame.Append(H264.StartCode);
                frame.Append(set);
            }
        }
    }

    /// <summary>ue(v) of at most 9 bits, -1 where longer (ITU-T H.264 section 9.1).</summary>
    private static int ExpGolomb(ReadOnlySpan<byte> bytes)
    {
        uint bits = (uint)bytes[0] << 8 | (bytes.Length > 1 ? bytes[1] : 0u);
        int zeros = 0;
        while (zeros < 5 && (bits & (0x8000u >> zeros)) == 0)
        {
            zeros++;
        }

        return zeros == 5 ? -1 : (int)(bits >> (15 - (2 * zeros))) - 1;
    }
}
