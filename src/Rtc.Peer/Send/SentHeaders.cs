namespace Rtc.Peer.Send;

/// <summary>
/// RTP headers as they left, for streams without RTX: there a packet that is asked for goes again under its old number, which
/// is SRTP's nonce, so header and payload must be the same to the byte (RFC 7714 section 8.4). Nothing is held until the first.
/// </summary>
internal sealed class SentHeaders
{
    private const int Kept = PacketRing.MaxSize;
    private const int MaxHeader = 96;

    private byte[] _headers = [];
    private long[] _sequences = [];

    public void Keep(long sequence, ReadOnlySpan<byte> header)
    {
        if (_headers.Length == 0)
        {
            _headers = new byte[Kept * MaxHeader];
            _sequences = new long[Kept];
        }

        _sequences[Slot(sequence)] = sequence;
        Span<byte> place = Place(sequence);
        place[0] = (byte)header.Length;
        header.CopyTo(place[1..]);
    }

    /// <summary>False for what left while there was RTX: it can't go again under its number.</summary>
    public bool Has(long sequence) => _sequences.Length > 0 && _sequences[Slot(sequence)] == sequence;

    /// <summary>Writes the packet's header; gives its length.</summary>
    public int Write(long sequence, Span<byte> destination)
    {
        ReadOnlySpan<byte> place = Place(sequence);
        place.Slice(1, place[0]).CopyTo(destination);
        return place[0];
    }

    private Span<byte> Place(long sequence) => _headers.AsSpan(Slot(sequence) * MaxHeader, MaxHeader);

    private static int Slot(long sequence) => (int)(sequence & (Kept - 1));
}
