using Rtc.Server.Recordings;

namespace Rtc.Server.Rooms;

/// <summary>
/// The phone's last pictures as they came, with what was found in them: references to frames, oldest first, beginning with a key picture.
/// Belongs to the media loop.
/// </summary>
internal sealed class RoomPast
{
    /// <summary>What is kept of a stream that is larger than any of a camera goes, oldest first.</summary>
    private const long MaxBytes = 32 << 20;

    private readonly Queue<Kept> _kept = [];
    private long _bytes;

    /// <summary>Pictures and results that are held.</summary>
    public int Count => _kept.Count;

    /// <summary>When the newest picture came.</summary>
    public Instant Newest { get; private set; }

    public Instant NewestKey { get; private set; }

    /// <summary>From the oldest picture to the newest.</summary>
    public TimeSpan Length => _kept.TryPeek(out Kept oldest) ? Newest - oldest.Frame!.Arrival : TimeSpan.Zero;

    /// <summary>The frame stays the caller's; false where nothing can begin with it.</summary>
    public bool TryAdd(EncodedFrame frame)
    {
        Newest = frame.Arrival;
        if (frame.IsKey)
        {
            NewestKey = frame.Arrival;
        }
        else if (_kept.Count == 0)
        {
            return false;
        }

        frame.AddReference();
        Hold(new Kept(frame, null, 0));
        return true;
    }

    /// <summary>What was found in a picture; nothing is kept before the first picture.</summary>
    public bool TryAdd(uint rtpTimestamp, byte[] utf8)
    {
        if (_kept.Count == 0)
        {
            return false;
        }

        Hold(new Kept(null, utf8, rtpTimestamp));
        return true;
    }

    /// <summary>Lets go of what lies before the last key picture that is no later than this.</summary>
    public void Trim(Instant until)
    {
        for (int left = LastKeyUntil(until); left > 0; left--)
        {
            Drop();
        }
    }

    /// <summary>Gives a recording what is kept from the last key picture on that is no later than this; all where all are later.</summary>
    public void CopyUntil(Instant until, RoomRecording into)
    {
        foreach (Kept one in _kept.Skip(LastKeyUntil(until)))
        {
            Give(one, into);
        }
    }

    /// <summary>
    /// Gives a recording so much of what is kept, from the first key picture on that is no earlier than this; false where there is none.
    /// </summary>
    public bool TryCopySince(Instant since, TimeSpan length, RoomRecording into)
    {
        Instant? end = null;
        foreach (Kept one in _kept)
        {
            if (end is null && one.Frame is { IsKey: true } key && key.Arrival >= since)
            {
                end = key.Arrival + length;
            }

            if (one.Frame?.Arrival > end)
            {
                break;
            }

            if (end is not null)
            {
                Give(one, into);
            }
        }

        return end is not null;
    }

    public void Clear()
    {
        while (_kept.Count > 0)
        {
            Drop();
        }
    }

    private void Hold(in Kept one)
    {
        _kept.Enqueue(one);
        _bytes += one.Length;
        if (_bytes > MaxBytes)
        {
            // All but what follows the newest key picture; where that alone is too much, nothing.
            Trim(Newest);
            if (_bytes > MaxBytes)
            {
                Clear();
            }
        }
    }

    private int LastKeyUntil(Instant until)
    {
        int start = 0;
        int at = 0;
        foreach (Kept one in _kept)
        {
            if (one.Frame is { IsKey: true } frame && frame.Arrival <= until)
            {
                start = at;
            }

            at++;
        }

        return start;
    }

    private static void Give(in Kept one, RoomRecording into)
    {
        if (one.Frame is { } frame)
        {
            into.Add(frame, frame.Arrival);
        }
        else
        {
            into.AddDetections(one.RtpTimestamp, one.Detections!);
        }
    }

    private void Drop()
    {
        Kept one = _kept.Dequeue();
        _bytes -= one.Length;
        one.Frame?.Dispose();
    }

    /// <summary>A picture, or the message of what was found in one.</summary>
    private readonly record struct Kept(EncodedFrame? Frame, byte[]? Detections, uint RtpTimestamp)
    {
        public int Length => Frame?.Length ?? Detections?.Length ?? 0;
    }
}
