using System.Buffers.Binary;

namespace Rtc.Peer.Rtcp;

/// <summary>One packet of a compound: its type, the five bits beside the version, and what follows the header, padding cut.</summary>
internal readonly ref struct RtcpPacketView(byte type, byte count, ReadOnlySpan<byte> body)
{
    public byte Type { get; } = type;

    /// <summary>Report count, source count or feedback message type, as the type says.</summary>
    public byte Count { get; } = count;

    public ReadOnlySpan<byte> Body { get; } = body;
}

/// <summary>
/// Walks a compound packet (RFC 3550 section 6.1). Reduced-size packets (RFC 5506) pass too: nothing
/// is demanded of the first one. Stops at the first packet whose length can't be.
/// </summary>
internal ref struct RtcpCompoundReader(ReadOnlySpan<byte> compound)
{
    private const int HeaderLength = 4;

    private ReadOnlySpan<byte> _left = compound;

    /// <summary>True once something that is no RTCP packet was met.</summary>
    public bool Malformed { get; private set; }

    public bool TryRead(out RtcpPacketView packet)
    {
        packet = default;
        if (_left.Length == 0)
        {
            return false;
        }

        if (_left.Length < HeaderLength || _left[0] >> 6 != 2)
        {
            return Fail();
        }

        int length = (BinaryPrimitives.ReadUInt16BigEndian(_left[2..]) + 1) * 4;
        if (length > _left.Length)
        {
            return Fail();
        }

        ReadOnlySpan<byte> body = _left[HeaderLength..length];
        if ((_left[0] & 0x20) != 0)
        {
            int padding = body.Length > 0 ? body[^1] : 0;
            if (padding == 0 || padding > body.Length)
            {
                return Fail();
            }

            body = body[..^padding];
        }

        packet = new RtcpPacketView(_left[1], (byte)(_left[0] & 0x1F), body);
        _left = _left[length..];
        return true;
    }

    private bool Fail()
    {
        Malformed = true;
        _left = default;
        return false;
    }
}
