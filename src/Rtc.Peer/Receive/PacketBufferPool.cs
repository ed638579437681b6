namespace Rtc.Peer.Receive;

/// <summary>
/// Buffers for packets that wait for a missing one before them. Owned by one session, used on its loop
/// only; holds as many as ever waited at once, up to a bound.
/// </summary>
internal sealed class PacketBufferPool
{
    /// <summary>Longer payloads don't come in one datagram of any usual path and are dropped.</summary>
    public const int BufferLength = 2048;

    private const int MaxKept = 512;

    private readonly Stack<byte[]> _free = new();

    public int Outstanding { get; private set; }

    public byte[] Rent()
    {
        Outstanding++;
        return _free.TryPop(out byte[]? buffer) ? buffer : new byte[BufferLength];
    }

    public void Return(byte[] buffer)
    {
        Outstanding--;
        if (_free.Count < MaxKept)
        {
            _free.Push(buffer);
        }
    }
}
