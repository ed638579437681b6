using Rtc.Bitstream.H264;

namespace Rtc.Peer.Receive;

/// <summary>
/// The newest sequence and picture parameter sets of a stream, by id. A sender may send them once and
/// later begin a key frame with the IDR slice alone; a decoder that starts there needs them again.
/// </summary>
internal sealed class H264ParameterSets
{
    private const int MaxSets = 4;
    private const int MaxSetBytes = 1024;

    private readonly byte[]?[] _sps = new byte[MaxSets][];
    private readonly byte[]?[] _pps = new byte[MaxSets][];

    public bool Complete { get; private set; }

    /// <summary>Keeps a unit of type 7 or 8; others, and those with an id of 4 or more, are passed over.</summary>
    public void Keep(ReadOnlySpan<byte> unit)
    {
        if (unit.Length is < 2 or > MaxSetBytes)
        {
            return;
        }

        if (!ParameterSetId.TryRead(unit, out uint id) || id >= MaxSets)
        {
            return;
        }

        byte[]?[] sets = NalType.Of(unit[0]) == NalType.Sps ? _sps : _pps;
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
                frame.Append(AnnexBReader.StartCode);
                frame.Append(set);
            }
        }
    }
}
