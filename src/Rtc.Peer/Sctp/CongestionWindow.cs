namespace Rtc.Peer.Sctp;

/// <summary>How much may be under way: slow start, avoidance, the cuts on loss (RFC 9260 section 7.2).</summary>
internal sealed class CongestionWindow(int chunkSize)
{
    // Ten packets to begin with, as TCP has done since RFC 6928; section 7.2.1's 4,404 bytes are from 2000.
    private const int InitialPackets = 10;

    // More in one window than any link of ours carries; keeps the arithmetic and the outstanding ring bounded.
    private const int Largest = 8 * 1024 * 1024;

    private int _threshold = Largest;
    private int _partialBytesAcked;
    private bool _inRecovery;
    private bool _timedOut;
    private Tsn _recoveryExit;

    public int Bytes { get; private set; } = InitialPackets * chunkSize;

    public bool IsInRecovery => _inRecovery;

    /// <summary>Takes a SACK that acknowledged something new.</summary>
    public void Acknowledged(int bytes, bool cumulativeAdvanced, Tsn cumulative, bool wasFull, bool nothingOutstanding)
    {
        _timedOut = false;
        if (_inRecovery && cumulative >= _recoveryExit)
        {
            _inRecovery = false;
        }

        // A window that wasn't used says nothing about the link.
        if (!cumulativeAdvanced || _inRecovery)
        {
            return;
        }

        if (Bytes <= _threshold)
        {
            if (wasFull)
            {
                // A SACK for every second packet must not halve the growth: L = 2 (section 7.2.1).
                Bytes = Math.Min(Bytes + Math.Min(bytes, 2 * chunkSize), Largest);
            }

            return;
        }

        _partialBytesAcked += bytes;
        if (_partialBytesAcked >= Bytes && wasFull)
        {
            _partialBytesAcked -= Bytes;
            Bytes = Math.Min(Bytes + chunkSize, Largest);
        }
        else if (_partialBytesAcked > Bytes)
        {
            _partialBytesAcked = Bytes;
        }

        if (nothingOutstanding)
        {
            _partialBytesAcked = 0;
        }
    }

    /// <summary>Chunks were found lost by SACKs; true when this begins a new recovery (section 7.2.4).</summary>
    public bool Lost(Tsn highestSent)
    {
        if (_inRecovery)
        {
            return false;
        }

        Cut(Math.Max(Bytes / 2, 4 * chunkSize));
        _inRecovery = true;
        _recoveryExit = highestSent;
        return true;
    }

    public void TimedOut()
    {
        // One black-out is one sign of congestion, however many time-outs it has (RFC 5681 section 3.1).
        if (!_timedOut)
        {
            Cut(Math.Max(Bytes / 2, 4 * chunkSize));
        }

        _timedOut = true;
        Bytes = chunkSize;
        _inRecovery = false;
    }

    private void Cut(int threshold)
    {
        _threshold = threshold;
        Bytes = threshold;
        _partialBytesAcked = 0;
    }
}
