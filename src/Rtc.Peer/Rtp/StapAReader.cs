using System.Buffers.Binary;

namespace Rtc.Peer.Rtp;

/// <summary>The NAL units inside a STAP-A payload (RFC 6184 section 5.7.1).</summary>
internal ref struct StapAReader(ReadOnlySpan<byte> payload)
{
    private ReadOnlySpan<byte> _left = payload.Length > 0 ? payload[1..] : default;

    /// <summary>False at the end, and at a size that runs past the end.</summary>
    public bool TryRead(out ReadOnlySpan<byte> unit)
    {
        unit = default;
        if (_left.Length < 3)
        {
            return false;
        }

        int size = BinaryPrimitives.ReadUInt16BigEndian(_left);
        if (size == 0 || size > _left.Length - 2)
        {
            _left = default;
            return false;
        }

        unit = _left.Slice(2, size);
        _left = _left[(2 + size)..];
        return true;
    }
}
