using System.Buffers.Binary;

namespace Rtc.Peer.Rtcp;

/// <summary>The sequence numbers that a generic NACK asks for (RFC 4585 section 6.2.1), one after the other.</summary>
internal ref struct NackReader(ReadOnlySpan<byte> information)
{
    private ReadOnlySpan<byte> _left = information;
    private ushort _base;
    private uint _mask;
    private int _bit;

    public bool TryRead(out ushort sequence)
    {
        while (_mask == 0)
        {
            if (_left.Length < 4)
            {
                sequence = 0;
                return false;
            }

            _base = BinaryPrimitives.ReadUInt16BigEndian(_left);
            _mask = ((uint)BinaryPrimitives.ReadUInt16BigEndian(_left[2..]) << 1) | 1;
            _left = _left[4..];
        }

        _bit = System.Numerics.BitOperations.TrailingZeroCount(_mask);
        _mask &= _mask - 1;
        sequence = (ushort)(_base + _bit);
        return true;
    }
}
