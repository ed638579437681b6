namespace Rtc.Media;

/// <summary>
/// Lends pictures and keeps a few returned ones of each size; the rest goes back to the system. A size that was not
/// asked for lately makes room for a new one.
/// </summary>
public sealed class PicturePool : IDisposable
{
    private const int MaxKeptPerSize = 8;
    private const int MaxSizesKept = 8;

    private readonly Lock _gate = new();
    private readonly Dictionary<(int Width, int Height), Shelf> _shelves = [];
    private readonly PictureWatch? _watch;
    private readonly PictureMemory? _memory;
    private int _outstanding;
    private long _clock;
    private bool _disposed;

    /// <param name="memory">What its pictures count against, lent or kept.</param>
    public PicturePool(PictureMemory? memory = null) => _memory = memory;

    private PicturePool(PictureWatch watch) => _watch = watch;

    /// <summary>Pictures lent and not returned.</summary>
    public int Outstanding => Volatile.Read(ref _outstanding);

    /// <summary>Bytes of pictures lying here unused.</summary>
    public long KeptBytes
    {
        get
        {
            lock (_gate)
            {
                return _shelves.Values.Sum(shelf => shelf.Pictures.Sum(picture => picture.Bytes));
            }
        }
    }

    /// <summary>
    /// For tests: no picture is lent twice, its bytes are spoilt when it returns and looked at later, so that whoever
    /// writes into a returned picture is caught; disposing the pool throws where pictures are still out, and says who
    /// rented them.
    /// </summary>
    public static PicturePool Diagnostic() => new(new PictureWatch());

    public Picture Rent(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        Picture? picture = null;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_shelves.TryGetValue((width, height), out Shelf? shelf))
            {
                shelf.LastUse = ++_clock;
                shelf.Pictures.TryPop(out picture);
            }
        }

        if (picture is null)
        {
            picture = new Picture(this, width, height);
            _memory?.Pooled(picture.Bytes);
        }

        Interlocked.Increment(ref _outstanding);
        picture.Lease();
        _watch?.Lent(picture);
        return picture;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            foreach (Picture picture in _shelves.Values.SelectMany(shelf => shelf.Pictures))
            {
                Free(picture);
            }

            _shelves.Clear();
        }

        _watch?.Close();
    }

    internal void Return(Picture picture)
    {
        Interlocked.Decrement(ref _outstanding);
        if (_watch is not null)
        {
            _watch.Returned(picture);
            return;
        }

        lock (_gate)
        {
            if (!_disposed && ShelfFor(picture) is { Pictures.Count: < MaxKeptPerSize } shelf)
            {
                shelf.LastUse = ++_clock;
                shelf.Pictures.Push(picture);
                return;
            }
        }

        Free(picture);
    }

    private void Free(Picture picture)
    {
        picture.Free();
        _memory?.Pooled(-picture.Bytes);
    }

    private Shelf ShelfFor(Picture picture)
    {
        (int, int) size = (picture.Width, picture.Height);
        if (_shelves.TryGetValue(size, out Shelf? shelf))
        {
            return shelf;
        }

        if (_shelves.Count >= MaxSizesKept)
        {
            ((int, int) oldest, Shelf old) = _shelves.MinBy(entry => entry.Value.LastUse);
            foreach (Picture forgotten in old.Pictures)
            {
                Free(forgotten);
            }

            _shelves.Remove(oldest);
        }

        shelf = new Shelf();
        _shelves.Add(size, shelf);
        return shelf;
    }

    private sealed class Shelf
    {
        public Stack<Picture> Pictures { get; } = new();

        public long LastUse { get; set; }
    }
}
