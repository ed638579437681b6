namespace Rtc.Peer.Send;

/// <summary>
/// Sends packets a second time, unasked, while the viewer's link loses some: a picture then needn't wait a round trip for
/// its repair. Only as far as the viewer's bandwidth has room beside the pictures. Owned by <see cref="VideoSender"/>.
/// </summary>
internal sealed class LossProtection(PacketRing ring)
{
    // Loss is noticed within half a second and forgotten within ten.
    private const double Begins = 0.01;
    private const double Ends = 0.004;
    private const double Rise = 0.2;
    private const double Fall = 0.02;

    private const double UsableShare = 0.95;
    private const double BucketSeconds = 0.25;
    private const int MaxWaiting = 256;

    // Losses come in runs: a copy that follows at once is lost along with its packet.
    private static readonly TimeSpan s_distance = TimeSpan.FromMilliseconds(8);
    private static readonly TimeSpan s_tooLate = TimeSpan.FromMilliseconds(60);
    private static readonly TimeSpan s_window = TimeSpan.FromMilliseconds(500);

    private readonly Queue<(long Sequence, Instant Due)> _copies = new();
    private double _loss;
    private double _room;
    private double _mediaRate;
    private long _windowBytes;
    private Instant _windowStart;
    private Instant _filledAt;

    public bool IsActive { get; private set; }

    /// <summary>When the next copy is due; never where none waits.</summary>
    public Instant NextDue => _copies.TryPeek(out (long Sequence, Instant Due) copy) ? copy.Due : Instant.Never;

    /// <summary>The share of packets that the viewer missed lately.</summary>
    public void OnLoss(double share)
    {
        _loss += (share - _loss) * (share > _loss ? Rise : Fall);
        IsActive = _loss > (IsActive ? Ends : Begins);
    }

    /// <summary>A packet went out for the first time; <paramref name="available"/> is what the viewer may get in all.</summary>
    public void OnSent(Instant now, long sequence, int bytes, Bitrate available)
    {
        _windowBytes += bytes;
        if (now - _windowStart >= s_window)
        {
            double seconds = Math.Min((now - _windowStart).TotalSeconds, 2);
            _mediaRate = _windowBytes * 8 / seconds;
            _windowBytes = 0;
            _windowStart = now;
        }

        if (!IsActive)
        {
            _filledAt = now;
            return;
        }

        double spare = Math.Max(0, (available.BitsPerSecond * UsableShare) - _mediaRate);
        _room = Math.Min(spare * BucketSeconds, _room + (spare * (now - _filledAt).TotalSeconds));
        _filledAt = now;
        if (_room >= bytes * 8 && _copies.Count < MaxWaiting)
        {
            _room -= bytes * 8;
            _copies.Enqueue((sequence, now + s_distance));
        }
    }

    /// <summary>A packet that was asked for went out again: the viewer waits for it already, so its copy is not held back.</summary>
    public void OnResent(Instant now, long sequence)
    {
        if (IsActive && _copies.Count < MaxWaiting)
        {
            _copies.Enqueue((sequence, now + s_distance));
        }
    }

    /// <summary>The next copy that is due and still of use.</summary>
    public bool TryTake(Instant now, out long sequence)
    {
        while (_copies.TryPeek(out (long Sequence, Instant Due) copy) && copy.Due <= now)
        {
            _copies.Dequeue();
            if (ring.WasSent(copy.Sequence) && !ring[copy.Sequence].AskedAgain && now - copy.Due < s_tooLate)
            {
                sequence = copy.Sequence;
                return true;
            }
        }

        sequence = 0;
        return false;
    }

    public void Clear() => _copies.Clear();
}
