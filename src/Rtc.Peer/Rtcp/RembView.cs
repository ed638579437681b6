using System.Buffers.Binary;

namespace Rtc.Peer.Rtcp;

/// <summary>A receiver's estimate of the maximum bitrate (draft-alvestrand-rmcat-remb-03 section 2.2).</summary>
internal readonly ref struct RembView
{
    private readonly ReadOnlySpan<byte> _sources;

    private RembView(Bitrate bitrate, ReadOnlySpan<byte> sources)
    {
        Bitrate = bitrate;
        _sources = sources;
    }

    public Bitrate Bitrate { get; }

    public int SourceCount => _sources.Length / 4;

    public static ReadOnlySpan<byte> Name => "REMB"u8;

    public Ssrc Source(int index) => new(BinaryPrimitives.ReadUInt32BigEndian(_sources[(index * 4)..]));

    public static bool TryParse(ReadOnlySpan<byte> information, out RembView view)
    {
        view = default;
        if (information.Length < 8 || !information.StartsWith(Name))
        {
            return false;
        }

        int count = information[4];
        if (information.Length < 8 + (count * 4))
        {
            return false;
        }

        int exponent = information[5] >> 2;
        ulong mantissa = (ulong)(((information[5] & 0x03) << 16) | (information[6] << 8) | information[7]);

        // An exponent of up to 63 would shift the value away; what doesn't fit means "no limit".
        ulong bits = exponent > System.Numerics.BitOperations.LeadingZeroCount(mantissa) - 1 ? long.MaxValue : mantissa << exponent;
        view = new RembView(new Bitrate(mantissa == 0 ? 0 : (long)bits), information.Slice(8, count * 4));
        return true;
    }
}
