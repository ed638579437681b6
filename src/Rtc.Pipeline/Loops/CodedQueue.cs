using System.Diagnostics.CodeAnalysis;

namespace Rtc.Pipeline;

/// <summary>
/// Coded pictures on their way from the network's loop to the room's. Pushing never waits. When it is full what
/// comes is dropped up to the next key frame, since nothing between could be decoded; that key frame then takes
/// the place of all that waited.
/// </summary>
internal sealed class CodedQueue(int capacity) : IDisposable
{
    private readonly object _gate = new();
    private readonly Queue<EncodedFrame> _waiting = new(capacity);
    private bool _untilKey;
    private bool _closed;
    private bool _signalled;
    private long _dropped;

    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>It overflowed, and a key frame has not come since.</summary>
    public bool LacksKeyFrame
    {
        get
        {
            lock (_gate)
            {
                return _untilKey;
            }
        }
    }

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Takes ownership in every case; false where the picture was dropped.</summary>
    public bool TryPush(EncodedFrame picture)
    {
        lock (_gate)
        {
            if (!_closed && picture.IsKey && (_untilKey || _waiting.Count == capacity))
            {
                DropWaiting();
                _untilKey = false;
            }

            if (!_closed && !_untilKey && _waiting.Count < capacity)
            {
                _waiting.Enqueue(picture);
                Monitor.Pulse(_gate);
                return true;
            }

            _untilKey = true;
            Monitor.Pulse(_gate);
        }

        Interlocked.Increment(ref _dropped);
        picture.Dispose();
        return false;
    }

    /// <summary>Waits for a picture, a <see cref="Signal"/> or the time limit. The caller owns what it gets.</summary>
    public bool WaitTake(int limitMs, [NotNullWhen(true)] out EncodedFrame? picture)
    {
        lock (_gate)
        {
            if (_waiting.Count == 0 && !_closed && !_signalled)
            {
                Monitor.Wait(_gate, limitMs);
            }

            _signalled = false;
            return _waiting.TryDequeue(out picture);
        }
    }

    /// <summary>Wakes the waiting loop without a picture.</summary>
    public void Signal()
    {
        lock (_gate)
        {
            _signalled = true;
            Monitor.Pulse(_gate);
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
        lock (_gate)
        {
            _closed = true;
            DropWaiting();
            Monitor.PulseAll(_gate);
        }
    }

    private void DropWaiting()
    {
        while (_waiting.TryDequeue(out EncodedFrame? picture))
        {
            Interlocked.Increment(ref _dropped);
            picture.Dispose();
        }
    }
}
