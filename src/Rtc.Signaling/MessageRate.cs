namespace Rtc.Signaling;

/// <summary>What is done with one message of a client.</summary>
public enum MessageVerdict
{
    Accepted,

    /// <summary>Left unread, and its sender is told so, once a window.</summary>
    RefusedAloud,

    /// <summary>Left unread.</summary>
    Refused,

    /// <summary>So many were left unread that the client is closed.</summary>
    Flood,
}

/// <summary>
/// One client's share of the loop: a bucket of messages that refills evenly and holds two seconds' worth. A message is
/// weighed before it is read. One owner, on its own thread.
/// </summary>
public sealed class MessageRate(int perSecond)
{
    private const int BytesPerMessage = 1024;
    private const int BurstSeconds = 2;

    /// <summary>A page that runs wild sends a few times too much; a flood is more than this many seconds' worth in one window.</summary>
    private const int FloodSeconds = 10;

    private static readonly TimeSpan s_window = TimeSpan.FromSeconds(10);
    private double _left = perSecond * BurstSeconds;
    private Instant _filled;
    private Instant _windowEnds;
    private int _refused;

    public MessageVerdict Take(Instant now, int bytes)
    {
        double most = perSecond * BurstSeconds;
        _left = Math.Min(most, _left + ((now - _filled).TotalSeconds * perSecond));
        _filled = now;
        double weight = Math.Min(most, 1 + (bytes / BytesPerMessage));
        if (_left >= weight)
        {
            _left -= weight;
            return MessageVerdict.Accepted;
        }

        bool isFirst = _refused == 0 || now >= _windowEnds;
        if (isFirst)
        {
            _windowEnds = now + s_window;
            _refused = 0;
        }

        _refused++;
        return isFirst ? MessageVerdict.RefusedAloud
            : _refused > perSecond * FloodSeconds ? MessageVerdict.Flood
            : MessageVerdict.Refused;
    }
}
