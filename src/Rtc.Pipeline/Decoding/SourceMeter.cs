namespace Rtc.Pipeline.Decoding;

/// <summary>
/// How many bits the phone spends over the last second of its own clock, and how coarsely it codes. What is coded again
/// from its pictures cannot be better than they are, so the render loop spends little more and codes no finer. Pure.
/// </summary>
internal sealed class SourceMeter
{
    /// <summary>Coding anew costs more for the same quality: it is done quickly, in layers, and with key frames of its own.</summary>
    public const double MaxShare = 1.3;

    private const double MinKilobits = 50;

    /// <summary>
    /// Bits a second and pixel that a picture with boxes may take however little came in: their edges are not in the source.
    /// </summary>
    private const double DrawnBitsPerPixel = 0.75;

    private const long Window = MediaTimeline.TicksPerSecond;
    private const long MinSpan = Window / 2;
    private const int Capacity = 128;

    private readonly (long Ticks, int Bytes)[] _pictures = new (long, int)[Capacity];
    private int _head;
    private int _count;
    private long _bytes;

    /// <summary>Bits in a second, in thousands; 0 until something came.</summary>
    public double Kilobits { get; private set; }

    /// <summary>
    /// The newest picture's own quantizer, finer than which it need not be coded; −1 where the source's codec does not say. A
    /// coarser one loses what the source has, and then each following picture costs the difference to it again.
    /// </summary>
    public int MinQuantizer { get; private set; } = -1;

    public void Add(long ticks, int bytes, int quantizer)
    {
        while (_count > 0 && (_count == Capacity || ticks - _pictures[Oldest].Ticks >= Window))
        {
            _bytes -= _pictures[Oldest].Bytes;
            _count--;
        }

        _pictures[_head] = (ticks, bytes);
        _head = (_head + 1) % Capacity;
        _count++;
        _bytes += bytes;

        // As many intervals as pictures: the newest one lasts as long as the others did.
        long span = ticks - _pictures[Oldest].Ticks;
        span = _count > 1 ? span * _count / (_count - 1) : 0;
        Kilobits = _bytes * 8.0 / 1000 * MediaTimeline.TicksPerSecond / Math.Max(span, MinSpan);
        MinQuantizer = quantizer;
    }

    /// <summary>What coding this source again may take of <paramref name="kilobits"/>, which links and options allow.</summary>
    public int Limit(int kilobits, int pixels, bool isDrawnOn)
    {
        if (_count == 0)
        {
            return kilobits;
        }

        double most = Kilobits * MaxShare;
        return (int)Math
            .Clamp(isDrawnOn ? Math.Max(most, pixels * DrawnBitsPerPixel / 1000) : most, Math.Min(MinKilobits, kilobits), kilobits);
    }

    private int Oldest => (_head - _count + Capacity) % Capacity;
}
