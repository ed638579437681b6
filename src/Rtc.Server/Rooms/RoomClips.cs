using Rtc.Server.Recordings;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Rooms;

/// <summary>
/// The last seconds of the phone's pictures as they came, kept only while a rule of the room records or somebody lately wanted them, and
/// the clip that a rule has made of them. A private room keeps nothing and makes none. Belongs to the media loop.
/// </summary>
internal sealed class RoomClips(Room room)
{
    /// <summary>A clip begins with a key picture: one is asked for as often, so that it begins at most this much too early.</summary>
    private static readonly TimeSpan s_keyEvery = TimeSpan.FromSeconds(4);

    /// <summary>What was asked for may not be longer, so it is shorter by this at most.</summary>
    private static readonly TimeSpan s_keyEveryWhenAsked = TimeSpan.FromSeconds(2);

    /// <summary>Until a recording is opened the pictures that it is to begin with stay.</summary>
    private static readonly TimeSpan s_toOpen = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan s_maxClip = TimeSpan.FromMinutes(5);

    private static readonly NoticeMessage s_started = new(
        "clip_started", "A rule of this room records the seconds around what it waited for.", Recoverable: true);

    private readonly RoomPast _past = new();
    private TimeSpan? _byRules;
    private RoomRecording? _clip;
    private Instant _began;
    private Instant _ends;

    /// <summary>The last seconds for requests.</summary>
    public LastSeconds Last => field ??= new LastSeconds(room, _past, Update);

    /// <summary>Pictures and results that are held.</summary>
    public int Count => _past.Count;

    /// <summary>So much of the past is held; null: none.</summary>
    private TimeSpan? Before => Last.Kept is { } asked && !(_byRules > asked) ? asked : _byRules;

    /// <summary>From here on rules need so much of the past; null: none.</summary>
    public void Keep(TimeSpan? before)
    {
        _byRules = before;
        Update();
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
        if (room.IsPrivate || room.IsClosed || _byRules is null)
        {
            return false;
        }

        End("rule");
        (_clip, _began, _ends) = (recording, happened, happened + after);
        _past.CopyUntil(happened - before, recording);
        room.Messages.TellAll(s_started);
        if (recording.NeedsKey)
        {
            AskForKey();
        }

        return true;
    }

    /// <summary>The phone's own picture, which stays the caller's.</summary>
    public void OnSource(EncodedFrame frame)
    {
        if (Before is not { } before || room.IsPrivate)
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

        if (frame.IsKey)
        {
            _past.Trim(frame.Arrival - before - s_toOpen);
        }

        if (!_past.TryAdd(frame))
        {
            AskForKey();
            return;
        }

        if (_past.Newest - _past.NewestKey >= (Last.Kept is null ? s_keyEvery : s_keyEveryWhenAsked))
        {
            AskForKey();
        }

        Last.OnPicture();
    }

    public void OnDetections(uint rtpTimestamp, byte[] utf8)
    {
        if (_past.TryAdd(rtpTimestamp, utf8))
        {
            _clip?.AddDetections(rtpTimestamp, utf8);
        }
    }

    /// <summary>The room has just become private: what was kept goes, and a clip ends with what it has.</summary>
    public void OnPrivate()
    {
        End("privacy");
        _past.Clear();
        Last.Release();
    }

    /// <summary>Once a second: a camera that sends no more ends its clip too.</summary>
    public void Tick(Instant now)
    {
        if (_clip is { } clip && (clip.IsOver || now > _ends + s_toOpen))
        {
            End("rule");
        }

        Last.Tick(now);
    }

    /// <summary>The room is no more.</summary>
    public void Close()
    {
        End("room_closed");
        _byRules = null;
        Last.Close();
        _past.Clear();
    }

    /// <summary>What is to be held has changed.</summary>
    private void Update()
    {
        if (Before is null)
        {
            _past.Clear();
        }
        else if (!room.IsPrivate)
        {
            AskForKey();
        }
    }

    private void End(string reason)
    {
        RoomRecording? ended = _clip;
        _clip = null;
        ended?.End(reason);
    }

    private void AskForKey() => room.Media.WantKeyFrame(RoomView.Source);
}
