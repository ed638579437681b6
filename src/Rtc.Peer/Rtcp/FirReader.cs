using System.Buffers.Binary;

namespace Rtc.Peer.Rtcp;

/// <summary>The entries of a full intra request (RFC 5104 section 4.3.1.1).</summary>
internal ref struct FirReader(ReadOnlySpan<byte> information)
{
    private const int EntryLength = 8;

    private ReadOnlySpan<byte> _left = information;

    public bool TryRead(out Ssrc media, out byte sequence)
    {
        if (_left.Length < EntryLength)
        {
            media = default;
            sequence = 0;
            return false;
        }

        media = new Ssrc(BinaryPrimitives.ReadUInt32BigEndian(_left));
        sequence = _left[4];
        _left = _left[EntryLength..];
        return true;
    }
}
