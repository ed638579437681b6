using System.Diagnostics.CodeAnalysis;

namespace Rtc.Peer.Srtp;

/// <summary>
/// The streams that a peer was heard on: media or reports of one <see cref="SrtpSession"/>. A page that stops and starts its
/// camera for hours brings two new SSRCs each time, so the one that was silent longest makes room. Its SSRC stays refused,
/// as nothing would tell its old packets from new ones any more.
/// </summary>
internal sealed class ReceivedStreams
{
    public const int MaxStreams = 256;

    // Four bytes each and the set's own, against some 300 for a stream.
    private const int MaxRetired = 65_536;

    private readonly Dictionary<uint, SrtpStream> _streams = [];
    private readonly HashSet<uint> _retired = [];
    private long _heard;

    public int Count => _streams.Count;

    public bool TryFind(uint ssrc, [NotNullWhen(true)] out SrtpStream? stream) => _streams.TryGetValue(ssrc, out stream);

    /// <summary>Why an SSRC that has no stream gets none, null where it may.</summary>
    public SrtpResult? Refuses(uint ssrc) =>
        _retired.Contains(ssrc) ? SrtpResult.Replayed
        : _streams.Count >= MaxStreams && _retired.Count >= MaxRetired ? SrtpResult.TooManyStreams
        : null;

    /// <summary>A packet proved to be genuine; <paramref name="stream"/> is null for an SSRC's first.</summary>
    public void Accept(uint ssrc, SrtpStream? stream, long index)
    {
        if (stream is null)
        {
            if (_streams.Count >= MaxStreams)
            {
                RetireStalest();
            }

            stream = new SrtpStream();
            _streams.Add(ssrc, stream);
        }

        stream.LastHeard = ++_heard;
        stream.Window.Accept(index);
    }

    private void RetireStalest()
    {
        uint stalest = 0;
        long lastHeard = long.MaxValue;
        foreach ((uint ssrc, SrtpStream stream) in _streams)
        {
            if (stream.LastHeard < lastHeard)
            {
                (stalest, lastHeard) = (ssrc, stream.LastHeard);
            }
        }

        _streams.Remove(stalest);
        _retired.Add(stalest);
    }
}
