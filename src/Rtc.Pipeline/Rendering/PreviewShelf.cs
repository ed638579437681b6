using Rtc.Media;
using Rtc.Pipeline.Decoding;

namespace Rtc.Pipeline.Rendering;

/// <summary>
/// One picture kept for whoever asks what a room looks like. Copied at most once a second and only while somebody asked
/// lately, so a room that nobody looks at pays nothing. The render loop puts, others take.
/// </summary>
internal sealed class PreviewShelf(PicturePool pool, TimeProvider time) : IDisposable
{
    private const double RefreshMs = 1000;
    private const double InterestMs = 30_000;

    private readonly Lock _gate = new();
    private Picture? _kept;
    private double _askedMs = double.NegativeInfinity;
    private double _keptMs = double.NegativeInfinity;
    private bool _closed;

    /// <summary>Keeps a copy of the picture if one is due.</summary>
    public void Put(Picture picture)
    {
        double now = time.Milliseconds();
        lock (_gate)
        {
            if (_closed || now - _askedMs > InterestMs || now - _keptMs < RefreshMs)
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
            PictureOps.Copy(picture, _kept);
        }
    }

    /// <summary>Uses the kept picture; null where there is none yet, in which case the next one is kept.</summary>
    public T? Use<T>(Func<Picture, T?> use)
        where T : class
    {
        lock (_gate)
        {
            _askedMs = time.Milliseconds();
            return _kept is null ? null : use(_kept);
        }
    }

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
