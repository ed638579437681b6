namespace Rtc.Peer.Srtp;

/// <summary>What <see cref="SrtpSession"/> remembers of one SSRC in one direction.</summary>
internal sealed class SrtpStream
{
    public ReplayWindow Window;
    private ulong[]? _tags;

    /// <summary>The session's count when its last genuine packet came.</summary>
    public long LastHeard { get; set; }

    /// <summary>
    /// Whether a packet may go under this index: any one the first time, and again only the same, which is how lost packets
    /// are repaired where there is no RTX (RFC 7714 section 8.4). Under one nonce the same tag says that it is the same packet.
    /// </summary>
    public bool MayGo(long index, ulong tag)
    {
        _tags ??= new ulong[ReplayWindow.Width];
        ref ulong sent = ref _tags[index % ReplayWindow.Width];
        if (Window.IsFresh(index))
        {
            sent = tag;
            return true;
        }

        return Window.Highest - index < ReplayWindow.Width && sent == tag;
    }

    public long Estimate(ushort sequence) =>
        Window.IsEmpty ? sequence : RolloverCounter.Estimate(Window.Highest, sequence);
}
