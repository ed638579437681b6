using System.Diagnostics.CodeAnalysis;
using Rtc.Media;
using Rtc.Pipeline.Decoding;

namespace Rtc.Pipeline.Detecting;

/// <summary>
/// A place for one picture between the loop that decodes and the loop that looks. Offering hands the picture over;
/// one that was not taken in time is disposed and counted when the next comes, so what is taken is always the newest.
/// It waits on a monitor rather than a channel because the looking loop is a thread that blocks in the model anyway,
/// and this costs neither an allocation nor a hop through the thread pool.
/// </summary>
internal sealed class LatestFrame(TimeProvider time) : IDisposable
{
    private readonly object _gate = new();
    private Picture? _picture;
    private PictureInfo _info;
    private long _offeredAt;
    private bool _closed;
    private bool _woken;
    private long _dropped;
    private long _taken;
    private double _lastAgeMs;

    public long Dropped => Interlocked.Read(ref _dropped);

    public long Taken => Interlocked.Read(ref _taken);

    /// <summary>How long the last picture that was taken had waited here.</summary>
    public double LastAgeMs => Volatile.Read(ref _lastAgeMs);

    public void Offer(Picture picture, in PictureInfo info)
    {
        Picture? old;
        lock (_gate)
        {
            if (_closed)
            {
                old = picture;
            }
            else
            {
                old = _picture;
                _picture = picture;
                _info = info;
                _offeredAt = time.GetTimestamp();
                Monitor.Pulse(_gate);
            }
        }

        if (old is not null)
        {
            old.Dispose();
            Interlocked.Increment(ref _dropped);
        }
    }

    /// <summary>The newest picture, which the caller owns then; false where there is none.</summary>
    public bool TryTake([NotNullWhen(true)] out Picture? picture, out PictureInfo info)
    {
        lock (_gate)
        {
            return TakeLocked(out picture, out info);
        }
    }

    /// <summary>Waits for a picture; false once it is closed, woken without one, or after so many milliseconds.</summary>
    public bool WaitTake([NotNullWhen(true)] out Picture? picture, out PictureInfo info, int timeoutMs = Timeout.Infinite)
    {
        lock (_gate)
        {
            if (_picture is null && !_closed && !_woken)
            {
                Monitor.Wait(_gate, timeoutMs);
            }

            _woken = false;
            return TakeLocked(out picture, out info);
        }
    }

    /// <summary>There is something else to do: whoever waits for a picture, now or next, goes on without one.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            _woken = true;
            Monitor.PulseAll(_gate);
        }
    }

    public bool IsClosed
    {
        get
        {
            lock (_gate)
            {
                return _closed;
            }
        }
    }

    public void Dispose()
    {
        Picture? old;
        lock (_gate)
        {
            _closed = true;
            old = _picture;
            _picture = null;
            Monitor.PulseAll(_gate);
        }

        old?.Dispose();
    }

    private bool TakeLocked([NotNullWhen(true)] out Picture? picture, out PictureInfo info)
    {
        picture = _picture;
        info = _info;
        _picture = null;
        if (picture is null)
        {
            return false;
        }

        Volatile.Write(ref _lastAgeMs, time.GetElapsedTime(_offeredAt).TotalMilliseconds);
        Interlocked.Increment(ref _taken);
        return true;
    }
}
