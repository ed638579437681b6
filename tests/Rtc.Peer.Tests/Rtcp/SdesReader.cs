using System.Buffers.Binary;
using Rtc.Peer.Primitives;

namespace Rtc.Peer.Tests.Rtcp;

/// <summary>The canonical names in a source description (RFC 3550 section 6.5); other items are passed over.</summary>
internal ref struct SdesReader(ReadOnlySpan<byte> body)
{
    private const byte Cname = 1;

    private ReadOnlySpan<byte> _left = body;

    public bool TryRead(out Ssrc source, out ReadOnlySpan<byte> name)
    {
        source = default;
        name = default;
        if (_left.Length < 5)
        {
            return false;
        }

        source = new Ssrc(BinaryPrimitives.ReadUInt32BigEndian(_left));
        int at = 4;
        while (at < _left.Length && _left[at] != 0)
        {
            if (at + 2 > _left.Length || at + 2 + _left[at + 1] > _left.Length)
            {
                _left = default;
                return false;
            }

            if (_left[at] == Cname)
            {
                name = _left.Slice(at + 2, _left[at + 1]);
            }

            at += 2 + _left[at + 1];
        }

        // A chunk ends with at least one zero octet and is padded to 32 bits.
        at = (at + 4) & ~3;
        _left = at >= _left.Length ? default : _left[at..];
        return true;
    }
}
