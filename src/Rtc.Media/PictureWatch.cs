using System.Diagnostics;

namespace Rtc.Media;

/// <summary>
/// What a diagnostic pool remembers: who rented each picture, and the returned ones, spoilt, to see whether anyone still writes to them.
/// </summary>
internal sealed unsafe class PictureWatch
{
    private const byte Spoilt = 0xDD;

    // Enough to catch a writer that is a few pictures late, without keeping a test's whole run in memory.
    private const int MaxQuarantined = 32;

    private readonly Lock _gate = new();
    private readonly Dictionary<Picture, StackTrace> _lent = [];
    private readonly Queue<(Picture Picture, StackTrace Rented)> _quarantine = new();

    public void Lent(Picture picture)
    {
        lock (_gate)
        {
            // All of it: how many frames are the pool's own depends on what the compiler inlined.
            _lent.Add(picture, new StackTrace());
        }
    }

    public void Returned(Picture picture)
    {
        lock (_gate)
        {
            _lent.Remove(picture, out StackTrace? rented);
            picture.RawBytes.Fill(Spoilt);
            _quarantine.Enqueue((picture, rented!));
            if (_quarantine.Count > MaxQuarantined)
            {
                Release();
            }
        }
    }

    /// <exception cref="InvalidOperationException">A picture is still out, or was written to after its return.</exception>
    public void Close()
    {
        lock (_gate)
        {
            while (_quarantine.Count > 0)
            {
                Release();
            }

            if (_lent.Count > 0)
            {
                (Picture picture, StackTrace rented) = _lent.First();
                throw new InvalidOperationException(
                    $"{_lent.Count} pictures were not returned; one of {picture.Width}×{picture.Height} was rented here:\n{rented}");
            }
        }
    }

    private void Release()
    {
        (Picture picture, StackTrace rented) = _quarantine.Dequeue();
        bool touched = picture.RawBytes.IndexOfAnyExcept(Spoilt) >= 0;
        picture.Free();
        if (touched)
        {
            throw new InvalidOperationException(
                $"a picture of {picture.Width}×{picture.Height} was written to after its return; it was rented here:\n{rented}");
        }
    }
}
