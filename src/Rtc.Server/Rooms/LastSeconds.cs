using Rtc.Server.Recordings;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Rooms;

/// <summary>
/// The last seconds of a room for a request. They are held for a while after each request, so the first request of a room
/// waits until there are any; a server may be set up to hold them always. Belongs to the media loop.
/// </summary>
internal sealed class LastSeconds(Room room, RoomPast past, Action onKept)
{
    /// <summary>No clip is longer.</summary>
    public static readonly TimeSpan MaxLength = TimeSpan.FromSeconds(10);

    /// <summary>The last picture lasts until the next would have come.</summary>
    private static readonly TimeSpan s_lastPicture = TimeSpan.FromMilliseconds(100);

    /// <summary>After a request they stay at hand.</summary>
    private static readonly TimeSpan s_keptFor = TimeSpan.FromMinutes(10);

    /// <summary>A key picture comes within a moment; a camera that sends none of its own for so long gives what there is.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>A key picture that is a little too old begins a clip all the same: the clip ends so much earlier.</summary>
    private static readonly TimeSpan s_earlier = TimeSpan.FromSeconds(1);

    private const int MaxWaiting = 16;

    private static readonly Refusal s_noCamera = new("no_picture", "The room has no camera on air.", 409);
    private static readonly Refusal s_noPicture = new("no_picture", "The room's camera sends no picture.", 409);
    private static readonly Refusal s_tooMany = new("overloaded", "Too many already wait for the last seconds of this room.", 503);
    private static readonly NoticeMessage s_taken = new(
        "clip_taken", "The last seconds of this room were taken to the studio.", Recoverable: true);

    private readonly List<(TaskCompletionSource Done, TimeSpan Length, Instant Until)> _waiting = [];
    private Instant? _keptUntil;
    private bool _isAlways;

    /// <summary>So much of the past is held; null: none.</summary>
    public TimeSpan? Kept => IsAsked || _isAlways ? MaxLength : null;

    /// <summary>Somebody lately wanted them, and is likely to want the boxes as well.</summary>
    public bool IsAsked => _keptUntil is not null;

    /// <summary>They are held whether somebody asks or not.</summary>
    public void KeepAlways()
    {
        _isAlways = true;
        onKept();
    }

    /// <summary>A task that ends once so many seconds are held, or no more will come in time.</summary>
    public Outcome<Task> Want(Instant now, TimeSpan length)
    {
        if (room.IsPrivate)
        {
            return Refusal.SourceIsPrivate;
        }

        if (!room.Members.All.Any(member => member.Role == Role.Phone))
        {
            return s_noCamera;
        }

        if (_waiting.Count == MaxWaiting)
        {
            return s_tooMany;
        }

        bool isNew = !IsAsked;
        _keptUntil = now + s_keptFor;
        if (isNew)
        {
            onKept();
            room.UpdateDemand();
        }

        if (HasEnough(length))
        {
            return Task.CompletedTask;
        }

        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Add((done, length, now + length + s_patience));
        return done.Task;
    }

    /// <summary>Null where the recording has them and is ended; else it is still its caller's.</summary>
    public Refusal? Take(RoomRecording recording, TimeSpan length)
    {
        if (room.IsPrivate)
        {
            return Refusal.SourceIsPrivate;
        }

        TimeSpan wanted = length - s_lastPicture;
        if (!past.TryCopySince(past.Newest - wanted - s_earlier, wanted, recording))
        {
            return s_noPicture;
        }

        recording.End("clip");
        room.Messages.TellAll(s_taken);
        return null;
    }

    public void OnPicture()
    {
        if (_waiting.Count > 0)
        {
            Release(one => HasEnough(one.Length));
        }
    }

    /// <summary>Once a second.</summary>
    public void Tick(Instant now)
    {
        if (_waiting.Count > 0)
        {
            ReleaseUntil(now);
        }

        if (now >= _keptUntil)
        {
            _keptUntil = null;
            onKept();
            room.UpdateDemand();
        }
    }

    /// <summary>Nobody waits any longer.</summary>
    public void Release() => Release(_ => true);

    /// <summary>The room is no more.</summary>
    public void Close()
    {
        (_keptUntil, _isAlways) = (null, false);
        Release();
    }

    private bool HasEnough(TimeSpan length) =>
        past.Length >= length - s_lastPicture && past.Newest - past.NewestKey < length - s_lastPicture;

    private void ReleaseUntil(Instant now) => Release(one => now >= one.Until);

    private void Release(Predicate<(TaskCompletionSource Done, TimeSpan Length, Instant Until)> isOver)
    {
        for (int i = _waiting.Count - 1; i >= 0; i--)
        {
            if (isOver(_waiting[i]))
            {
                _waiting[i].Done.SetResult();
                _waiting.RemoveAt(i);
            }
        }
    }
}
