using System.Buffers;

namespace Rtc.Peer.Sctp;

/// <summary>Rents the byte arrays of one association and counts them, so that closing can be shown to leave none behind.</summary>
internal sealed class SctpMemory
{
    /// <summary>Arrays rented and not returned.</summary>
    public int Outstanding { get; private set; }

    public byte[] Rent(int length)
    {
        Outstanding++;
        return ArrayPool<byte>.Shared.Rent(length);
    }

    public void Return(byte[] array)
    {
        Outstanding--;
        ArrayPool<byte>.Shared.Return(array);
    }
}
