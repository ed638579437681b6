using Rtc.Media;
using Rtc.Pipeline.Decoding;

namespace Rtc.Pipeline.Rendering;

/// <summary>
/// One picture kept to show what a room looks like. Copied at most once a second and only while it was asked for
/// lately, so a room without an audience pays nothing. The render loop puts, others take.
/// </summary>
internal sealed class PreviewShelf(PicturePool pool, TimeProvider time) : IDisposable
{
    private const double RefreshMs = 1000;
    private const double InterestMs = 30_000;

    private readonly Lock _gate = new();
    private Picture? _kept;
    private double _askedMs = double.NegativeInfinity;
    private double _keptMs = double.NegativeInfinity;
    private bool _isBlurred;
    private bool _awaitsNext;
    private bool _closed;

    /// <summary>Whether <see cref="Put"/> would keep a picture now.</summary>
    public bool IsDue
    {
        get
        {
            lock (_gate)
            {
                return IsDueAt(time.Milliseconds());
            }
        }
    }

    /// <summary>The picture that was to be kept next has come.</summary>
    public bool HasNext
    {
        get
        {
            lock (_gate)
            {
                return !_awaitsNext;
            }
        }
    }

    /// <summary>The next picture is kept whenever the last one was, as if somebody had asked.</summary>
    public void KeepNext()
    {
        lock (_gate)
        {
            _awaitsNext = true;
            _askedMs = time.Milliseconds();
        }
    }

    /// <summary>Keeps a copy of the picture if one is due; <paramref name="isBlurred"/>: as privacy mode shows it.</summary>
    public void Put(Picture picture, bool isBlurred)
    {
        double now = time.Milliseconds();
        lock (_gate)
        {
            // A raw one is not what a private room shows, nor the other way round.
            if (!IsDueAt(now) && (isBlurred == _isBlurred || !IsWantedAt(now)))
            {
                return;
            }

            if (_kept is not null && (_kept.Width != picture.Width || _kept.Height != picture.Height))
            {
                _kept.Dispose();
                _kept = null;
            }

            _kept ??= pool.Rent(picture.Width, picture.Height);
            _keptMs = now;
            _awaitsNext = false;
            _isBlurred = isBlurred;
            PictureOps.Copy(picture, _kept);
        }
    }

    /// <summary>
    /// Uses the kept picture; null where there is none yet, in which case the next one is kept. One that is not blurred is
    /// nothing for a room that is private by the time it was used.
    /// </summary>
    public T? Use<T>(Func<Picture, T?> use, Func<bool> isPrivate)
        where T : class
    {
        lock (_gate)
        {
            _askedMs = time.Milliseconds();
            if (_kept is null || (isPrivate() && !_isBlurred))
            {
                return null;
            }

            T? made = use(_kept);
            return isPrivate() && !_isBlurred ? null : made;
        }
    }

    private bool IsWantedAt(double now) => !_closed && now - _askedMs <= InterestMs;

    private bool IsDueAt(double now) => IsWantedAt(now) && (_awaitsNext || now - _keptMs >= RefreshMs);

    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            _kept?.Dispose();
            _kept = null;
        }
    }
}
