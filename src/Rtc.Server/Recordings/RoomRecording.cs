using Rtc.Media.Containers.Writing;
using Rtc.Store.Users;

namespace Rtc.Server.Recordings;

/// <summary>
/// One recording of a room. The media loop gives it pictures and says when it ends, the thread of <see cref="RecordingWriter"/> writes
/// them. Where the phone is turned or changes its codec, the recording goes on in another video.
/// </summary>
internal sealed class RoomRecording
{
    /// <summary>What may wait for a disk that is slow; more ends the recording instead of filling the memory.</summary>
    private const long MaxWaitingBytes = 32 << 20;

    /// <summary>A phone that is turned on and on fills no folder with files.</summary>
    private const int MaxParts = 100;

    private readonly RecordingWriter _writer;
    private readonly IRecordingStore _store;
    private readonly RecordingPlan _plan;
    private readonly RecordingManifest _first;
    private readonly UserAllowance _allowance;
    private readonly TaskCompletionSource<RecordingReport> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // The media loop's.
    private (VideoCodec Codec, VideoRotation Rotation)? _format;
    private int _partsWanted = 1;

    // The writer's.
    private readonly List<(Guid Id, Task<bool> Stored)> _stored = [];
    private RecordingPart? _part;
    private bool _hasFailed;
    private long _doneBytes;
    private long _donePictures;
    private TimeSpan _doneDuration;

    // Both threads'.
    private volatile bool _needsKey = true;
    private string? _endedBy;
    private long _waiting;
    private long _taken;
    private RecordingReport _report;

    public RoomRecording(
        RecordingWriter writer, IRecordingStore store, RecordingPlan plan, RecordingPart first, UserAllowance allowance)
    {
        _writer = writer;
        _store = store;
        _plan = plan;
        _part = first;
        _first = first.Manifest;
        _allowance = allowance;
        _report = new RecordingReport(
            _first.Id.ToString(), _first.Room, _first.View, RecordingReport.AtWork, _first.StartedAt, 0, 0, 0, [], null);
    }

    public UserId User => new(_first.UserId);

    public bool IsSource => _first.View == "source";

    /// <summary>Of the newest picture that was written.</summary>
    public RecordingReport Report => Volatile.Read(ref _report);

    /// <summary>It takes nothing any more.</summary>
    public bool IsOver => EndedBy is not null;

    /// <summary>Null while it goes on.</summary>
    public string? EndedBy => Volatile.Read(ref _endedBy);

    /// <summary>Nothing is taken before a key picture.</summary>
    public bool NeedsKey => _needsKey;

    /// <summary>Bytes that count against its user's quota and are in no video yet.</summary>
    public long TakenBytes => Interlocked.Read(ref _taken);

    /// <summary>Ends with the report of the whole, when all of it is a video or left for the next start.</summary>
    public Task<RecordingReport> Ended => _ended.Task;

    /// <summary>The frame stays the caller's.</summary>
    public void Add(EncodedFrame frame, Instant arrival)
    {
        // An annotated room may be coded twice, for viewers of either codec: one of them is recorded.
        if (IsOver || (!IsSource && _format is { } known && known.Codec != frame.Codec))
        {
            return;
        }

        bool isOther = _format != (frame.Codec, frame.Rotation);
        _needsKey |= isOther;
        if (_needsKey && !frame.IsKey)
        {
            return;
        }

        if (isOther && _format is not null)
        {
            BeginNextPart();
        }

        _format = (frame.Codec, frame.Rotation);
        _needsKey = false;
        if (TryTake(frame.Length))
        {
            frame.AddReference();
            if (!_writer.TryPost(new RecordingWork(this, RecordingWorkKind.Picture, frame, arrival)))
            {
                frame.Dispose();
                End("disk_slow");
            }
        }
    }

    /// <summary>What was found in the picture of this RTP time, as it goes over the wire.</summary>
    public void AddDetections(uint rtpTimestamp, byte[] utf8)
    {
        if (!IsOver && TryTake(utf8.Length)
            && !_writer.TryPost(new RecordingWork(this, RecordingWorkKind.Detections, null, default, utf8, rtpTimestamp)))
        {
            End("disk_slow");
        }
    }

    /// <summary>Pictures are missing from here on: what follows is worth nothing before the next key picture.</summary>
    public void SkipToKey() => _needsKey = true;

    /// <summary>From here on nothing is taken; what was taken is written. Any thread may end it.</summary>
    public void End(string reason)
    {
        if (Interlocked.CompareExchange(ref _endedBy, reason, null) is null
            && !_writer.TryPost(new RecordingWork(this, RecordingWorkKind.End)))
        {
            _ended.TrySetResult(Report);
        }
    }

    /// <summary>It never began: nothing of it stays. Called by what opened it.</summary>
    public void Discard()
    {
        _writer.Remove(this);
        _part?.Forget();
    }

    /// <summary>On the writer's thread, in the order in which it came.</summary>
    public void Write(in RecordingWork work)
    {
        Interlocked.Add(ref _waiting, -work.Length);
        try
        {
            switch (work.Kind)
            {
                case RecordingWorkKind.Picture when !_hasFailed:
                    WritePicture(work.Frame!, work.Arrival);
                    break;
                case RecordingWorkKind.Detections when !_hasFailed:
                    _part?.AddDetections(work.RtpTimestamp, work.Detections);
                    break;
                case RecordingWorkKind.NextPart when !_hasFailed:
                    FinishPart();
                    _part = NextPart();
                    break;
                case RecordingWorkKind.End:
                    FinishPart();
                    break;
            }
        }
        catch (Exception error)
        {
            // The thread is all recordings': what one of them throws ends that one alone.
            _hasFailed = true;
            End(error is IOException or UnauthorizedAccessException ? "disk_error" : "error");
        }

        if (work.Kind == RecordingWorkKind.End)
        {
            _ = CloseAsync();
        }
    }

    /// <summary>On the writer's thread, once a second.</summary>
    public void CheckDisk()
    {
        if (!IsOver && _plan.IsDiskFull())
        {
            End("disk_full");
        }
    }

    private bool TryTake(int bytes)
    {
        if (!_allowance.TryTake(bytes))
        {
            End("quota");
            return false;
        }

        if (Interlocked.Add(ref _waiting, bytes) > MaxWaitingBytes)
        {
            End("disk_slow");
            return false;
        }

        Interlocked.Add(ref _taken, bytes);
        return true;
    }

    private void BeginNextPart()
    {
        if (++_partsWanted > MaxParts)
        {
            End("limit");
            return;
        }

        _writer.TryPost(new RecordingWork(this, RecordingWorkKind.NextPart));
    }

    private void WritePicture(EncodedFrame frame, Instant arrival)
    {
        switch (_part?.Add(frame, arrival))
        {
            case RecordedPicture.Taken:
                Publish(RecordingReport.AtWork);
                break;
            case RecordedPicture.AwaitsKey:
                // A key picture without its parameter sets.
                _needsKey = true;
                break;
            case RecordedPicture.Full:
                End("limit");
                break;
        }
    }

    private RecordingPart? NextPart()
    {
        long bytes = _plan.MaxBytes - _doneBytes;
        TimeSpan duration = _plan.MaxDuration - _doneDuration;
        if (bytes <= 0 || duration <= TimeSpan.Zero)
        {
            End("limit");
            return null;
        }

        DateTimeOffset begins = _first.StartedAt + _doneDuration;
        return RecordingPart.Create(
            _plan.Folder, _first with { Id = Guid.CreateVersion7(begins), StartedAt = begins }, bytes, duration);
    }

    private void FinishPart()
    {
        if (_part is not { } part)
        {
            return;
        }

        try
        {
            if (!_hasFailed)
            {
                part.Complete();
            }
        }
        finally
        {
            _part = null;
            _doneBytes += part.Video.Bytes;
            _donePictures += part.Video.Pictures;
            _doneDuration += part.Video.Duration;
            part.CloseFiles();
            _stored.Add((part.Manifest.Id, Task.Run(() => _store.AddAsync(part))));
        }
    }

    private async Task CloseAsync()
    {
        Publish(RecordingReport.Finishing);
        List<string> videos = [];
        foreach ((Guid id, Task<bool> stored) in _stored)
        {
            if (await stored)
            {
                videos.Add(id.ToString());
            }
        }

        Volatile.Write(ref _report, Report with { Status = RecordingReport.Finished, EndedBy = EndedBy, VideoIds = videos });
        _writer.Remove(this);
        _ended.TrySetResult(Report);
    }

    private void Publish(string status) => Volatile.Write(ref _report, Report with
    {
        Status = status,
        EndedBy = EndedBy,
        DurationSeconds = Math.Round((_doneDuration + (_part?.Video.Duration ?? TimeSpan.Zero)).TotalSeconds, 3),
        Bytes = _doneBytes + (_part?.Video.Bytes ?? 0),
        Pictures = _donePictures + (_part?.Video.Pictures ?? 0),
    });
}
