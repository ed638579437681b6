using System.Collections.Concurrent;
using Rtc.Store.Users;

namespace Rtc.Server.Recordings;

/// <summary>
/// All recordings at work. Writes them on one thread, which is there only once there was something to record, and ends them when the
/// disk is nearly full. What waits for a slow disk is bounded for each and for all.
/// </summary>
internal sealed class RecordingWriter : IDisposable
{
    private const long MaxWaitingBytes = 256 << 20;

    private static readonly TimeSpan s_lastWrites = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_diskCheck = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly List<RoomRecording> _atWork = [];
    private readonly ConcurrentDictionary<UserId, UserAllowance> _allowances = [];
    private readonly BlockingCollection<RecordingWork> _work = [];
    private readonly Lazy<Thread> _writer;
    private long _waiting;
    private long _diskChecked;

    public RecordingWriter(TimeProvider time)
    {
        _time = time;
        _writer = new Lazy<Thread>(StartWriter);
    }

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _atWork.Count;
            }
        }
    }

    /// <summary>
    /// What this user's recordings may still take, where the store left so many bytes of the quota: those at work are not in the store yet.
    /// </summary>
    public UserAllowance AllowanceOf(UserId user, long left)
    {
        lock (_lock)
        {
            left -= _atWork.Where(recording => recording.User == user).Sum(recording => recording.TakenBytes);
        }

        UserAllowance allowance = _allowances.GetOrAdd(user, _ => new UserAllowance(left));
        allowance.Reset(left);
        return allowance;
    }

    /// <summary>False where as many are at work as may be.</summary>
    public bool TryAdd(RoomRecording recording, int max)
    {
        lock (_lock)
        {
            if (_atWork.Count >= max || _work.IsAddingCompleted)
            {
                return false;
            }

            _atWork.Add(recording);
        }

        _ = _writer.Value;
        return true;
    }

    /// <summary>It has ended, and what is in it is in the store or left for the next start.</summary>
    public void Remove(RoomRecording recording)
    {
        lock (_lock)
        {
            _atWork.Remove(recording);
        }
    }

    /// <summary>False where too much waits already; the frame is the writer's only where this is true.</summary>
    public bool TryPost(in RecordingWork work)
    {
        if (Interlocked.Add(ref _waiting, work.Length) > MaxWaitingBytes && work.Length > 0)
        {
            Interlocked.Add(ref _waiting, -work.Length);
            return false;
        }

        try
        {
            _work.Add(work);
            return true;
        }
        catch (InvalidOperationException)
        {
            // The server stops, and all recordings were told.
            return false;
        }
    }

    /// <summary>Ends what is still at work, and waits a while for it to be in the store.</summary>
    public async Task FinishAsync(string reason)
    {
        RoomRecording[] left = AtWork();
        foreach (RoomRecording recording in left)
        {
            recording.End(reason);
        }

        try
        {
            await Task.WhenAll(left.Select(recording => recording.Ended)).WaitAsync(s_lastWrites);
        }
        catch (TimeoutException)
        {
            // The next start finds what is left.
        }
    }

    public void Dispose()
    {
        foreach (RoomRecording recording in AtWork())
        {
            recording.End("server_stopped");
        }

        _work.CompleteAdding();
        if (_writer.IsValueCreated)
        {
            _writer.Value.Join(s_lastWrites);
        }
    }

    private RoomRecording[] AtWork()
    {
        lock (_lock)
        {
            return [.. _atWork];
        }
    }

    private Thread StartWriter()
    {
        var writer = new Thread(Write) { IsBackground = true, Name = "rtc-recordings" };
        writer.Start();
        return writer;
    }

    private void Write()
    {
        foreach (RecordingWork work in _work.GetConsumingEnumerable())
        {
            using EncodedFrame? frame = work.Frame;
            Interlocked.Add(ref _waiting, -work.Length);
            work.Recording.Write(work);
            CheckDisk();
        }
    }

    private void CheckDisk()
    {
        if (_time.GetElapsedTime(_diskChecked) < s_diskCheck)
        {
            return;
        }

        _diskChecked = _time.GetTimestamp();
        foreach (RoomRecording recording in AtWork())
        {
            recording.CheckDisk();
        }
    }
}
