using Rtc.Server.Recordings;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Rooms;

/// <summary>
/// The last seconds of the phone's pictures as they came, kept only while a rule of the room records, and the clip that is being made of
/// them. A private room keeps nothing and makes none. Belongs to the media loop.
/// </summary>
internal sealed class RoomClips(Room room)
{
    /// <summary>What is kept of a stream that is larger than any of a camera goes, oldest first.</summary>
    private const long MaxBytes = 32 << 20;

    /// <summary>A clip begins with a key picture: one is asked for as often, so that it begins at most this much too early.</summary>
    private static readonly TimeSpan s_keyEvery = TimeSpan.FromSeconds(4);

    /// <summary>Until a recording is opened the pictures that it is to begin with stay.</summary>
    private static readonly TimeSpan s_toOpen = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan s_maxClip = TimeSpan.FromMinutes(5);

    private static readonly NoticeMessage s_started = new(
        "clip_started", "A rule of this room records the seconds around what it waited for.", Recoverable: true);

    private readonly Queue<Kept> _kept = [];
    private TimeSpan? _before;
    private long _bytes;
    private Instant _newest;
    private Instant _newestKey;
    private RoomRecording? _clip;
    private Instant _began;
    private Instant _ends;

    /// <summary>Pictures and results that are held.</summary>
    public int Count => _kept.Count;

    /// <summary>From here on so much of the past is held; null holds none.</summary>
    public void Keep(TimeSpan? before)
    {
        _before = before;
        if (before is null)
        {
            Clear();
        }
        else if (!room.IsPrivate)
        {
            room.Media.WantKeyFrame(RoomView.Source);
        }
    }

    /// <summary>
    /// A clip that is being made goes on until so long after this moment, and is given back; null where there is none that may.
    /// </summary>
    public RoomRecording? TryExtend(Instant happened, TimeSpan after)
    {
        if (_clip is not { IsOver: false } clip || happened + after - _began > s_maxClip)
        {
            return null;
        }

        _ends = happened + after > _ends ? happened + after : _ends;
        return clip;
    }

    /// <summary>False where nothing can be recorded; the recording is still its caller's then.</summary>
    public bool TryBegin(RoomRecording recording, Instant happened, TimeSpan before, TimeSpan after)
    {
        if (room.IsPrivate || room.IsClosed || _before is null)
        {
            return false;
        }

        End("rule");
        (_clip, _began, _ends) = (recording, happened, happened + after);
        Instant from = happened - before;
        int start = StartFor(from);
        int at = 0;
        foreach (Kept one in _kept)
        {
            if (at++ >= start)
            {
                Add(recording, one);
            }
        }

        room.Messages.TellAll(s_started);
        if (recording.NeedsKey)
        {
            room.Media.WantKeyFrame(RoomView.Source);
        }

        return true;
    }

    /// <summary>The phone's own picture, which stays the caller's.</summary>
    public void OnSource(EncodedFrame frame)
    {
        if (_before is not { } before || room.IsPrivate)
        {
            return;
        }

        if (_clip is { } clip)
        {
            clip.Add(frame, frame.Arrival);
            if (frame.Arrival >= _ends)
            {
                End("rule");
            }
        }

        _newest = frame.Arrival;
        if (frame.IsKey)
        {
            _newestKey = frame.Arrival;
            Trim(frame.Arrival - before - s_toOpen);
        }
        else if (_kept.Count == 0)
        {
            // Nothing can begin here.
            AskForKey();
            return;
        }

        frame.AddReference();
        Hold(new Kept(frame, null, 0));
        if (_newest - _newestKey >= s_keyEvery)
        {
            AskForKey();
        }
    }

    public void OnDetections(uint rtpTimestamp, byte[] utf8)
    {
        if (_before is null || _kept.Count == 0)
        {
            return;
        }

        Hold(new Kept(null, utf8, rtpTimestamp));
        _clip?.AddDetections(rtpTimestamp, utf8);
    }

    /// <summary>The room has just become private: what was kept goes, and a clip ends with what it has.</summary>
    public void OnPrivate()
    {
        End("privacy");
        Clear();
    }

    /// <summary>Once a second: a camera that sends no more ends its clip too.</summary>
    public void Tick(Instant now)
    {
        if (_clip is { } clip && (clip.IsOver || now > _ends + s_toOpen))
        {
            End("rule");
        }
    }

    /// <summary>The room is no more.</summary>
    public void Close()
    {
        End("room_closed");
        Clear();
        _before = null;
    }

    private void End(string reason)
    {
        RoomRecording? ended = _clip;
        _clip = null;
        ended?.End(reason);
    }

    private static void Add(RoomRecording recording, in Kept one)
    {
        if (one.Frame is { } frame)
        {
            recording.Add(frame, frame.Arrival);
        }
        else
        {
            recording.AddDetections(one.RtpTimestamp, one.Detections!);
        }
    }

    private void Hold(in Kept one)
    {
        _kept.Enqueue(one);
        _bytes += one.Length;
        if (_bytes > MaxBytes)
        {
            // All but what follows the newest key picture; where that alone is too much, nothing.
            Trim(_newest);
            if (_bytes > MaxBytes)
            {
                Clear();
            }
        }
    }

    /// <summary>Lets go of what lies before the last key picture that is no later than this.</summary>
    private void Trim(Instant until)
    {
        for (int left = StartFor(until); left > 0; left--)
        {
            Drop();
        }
    }

    /// <summary>Where in the queue the last key picture is that is no later than this; the first one where all are later.</summary>
    private int StartFor(Instant until)
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

    private void Drop()
    {
        Kept one = _kept.Dequeue();
        _bytes -= one.Length;
        one.Frame?.Dispose();
    }

    private void Clear()
    {
        while (_kept.Count > 0)
        {
            Drop();
        }
    }

    private void AskForKey() => room.Media.WantKeyFrame(RoomView.Source);

    /// <summary>A picture, or the message of what was found in one.</summary>
    private readonly record struct Kept(EncodedFrame? Frame, byte[]? Detections, uint RtpTimestamp)
    {
        public int Length => Frame?.Length ?? Detections?.Length ?? 0;
    }
}
