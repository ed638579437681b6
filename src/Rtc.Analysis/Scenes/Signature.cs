using Rtc.Media;

namespace Rtc.Analysis.Scenes;

/// <summary>
/// What of a picture the search for cuts looks at: a copy of some 64 pixels a side, its edges and a histogram of its colours. Its
/// memory serves one picture after another.
/// </summary>
internal sealed class Signature
{
    private const int Side = 64;
    private const int Bins = 32;
    private const int ChromaBins = 16;

    private const double SameLuma = 0.9;
    private const double SameColours = 25;

    // Stronger edges count no more: a logo that stays from scene to scene must not outweigh them.
    private const int MaxEdge = 40;

    private readonly int[] _histogram = new int[Bins + (2 * ChromaBins)];
    private byte[] _luma = [];
    private byte[] _edges = [];
    private byte[] _chroma = [];
    private int _width;
    private int _height;

    /// <summary>Mean of the luma, 0 to 255.</summary>
    public double Mean { get; private set; }

    /// <summary>Deviation of the luma: next to nothing where the picture is of one colour.</summary>
    public double Deviation { get; private set; }

    /// <summary>Takes a picture in; it stays the caller's.</summary>
    public void Take(PictureView picture, PicturePool pool)
    {
        int longer = Math.Max(picture.Width, picture.Height);
        _width = Math.Max(2, (int)Math.Round((double)picture.Width * Side / longer / 2) * 2);
        _height = Math.Max(2, (int)Math.Round((double)picture.Height * Side / longer / 2) * 2);
        using Picture small = PictureOps.Scale(picture, _width, _height, pool);
        int places = _width * _height;
        if (_luma.Length != places)
        {
            (_luma, _edges, _chroma) = (new byte[places], new byte[places], new byte[2 * small.ChromaWidth * small.ChromaHeight]);
        }

        for (int y = 0; y < _height; y++)
        {
            small.RowY(y).CopyTo(_luma.AsSpan(y * _width));
        }

        int half = _chroma.Length / 2;
        for (int y = 0; y < small.ChromaHeight; y++)
        {
            small.RowU(y).CopyTo(_chroma.AsSpan(y * small.ChromaWidth));
            small.RowV(y).CopyTo(_chroma.AsSpan(half + (y * small.ChromaWidth)));
        }

        Measure();
    }

    /// <summary>Mean change of a pixel, colours counted half, 0 to 255 and more.</summary>
    public double ChangeFrom(Signature other) => Distance(_luma, other._luma) + Distance(_chroma, other._chroma);

    /// <summary>Share of the pixels whose brightness or colour is another's, 0 to 1.</summary>
    public double HistogramChangeFrom(Signature other)
    {
        long sum = 0;
        for (int i = 0; i < _histogram.Length; i++)
        {
            sum += Math.Abs(_histogram[i] - other._histogram[i]);
        }

        return (double)sum / (2 * (_luma.Length + _chroma.Length));
    }

    /// <summary>
    /// How alike two pictures are when one is merely brighter or darker than the other, −1 to 1: by luma and by edges, or by luma alone
    /// where it says so clearly and the colours agree, as in a fade whose edges drown in grain.
    /// </summary>
    public double LikenessTo(Signature other)
    {
        double luma = Correlation(_luma, other._luma);
        return luma >= SameLuma && Distance(_chroma, other._chroma) < SameColours
            ? luma
            : Math.Min(luma, Correlation(_edges, other._edges));
    }

    private static double Distance(byte[] a, byte[] b)
    {
        if (a.Length != b.Length || a.Length == 0)
        {
            return byte.MaxValue;
        }

        long sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += Math.Abs(a[i] - b[i]);
        }

        return (double)sum / a.Length;
    }

    private static double Correlation(byte[] a, byte[] b)
    {
        if (a.Length != b.Length || a.Length == 0)
        {
            return 0;
        }

        long sumA = 0, sumB = 0, squaresA = 0, squaresB = 0, products = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sumA += a[i];
            sumB += b[i];
            squaresA += a[i] * a[i];
            squaresB += b[i] * b[i];
            products += a[i] * b[i];
        }

        double count = a.Length;
        double spread = ((squaresA - (sumA * (sumA / count))) * (squaresB - (sumB * (sumB / count))));
        return spread <= 1 ? 0 : (products - (sumA * (sumB / count))) / Math.Sqrt(spread);
    }

    private void Measure()
    {
        Array.Clear(_histogram);
        long sum = 0, squares = 0;
        for (int y = 0; y < _height; y++)
        {
            for (int x = 0; x < _width; x++)
            {
                int at = (y * _width) + x;
                int here = _luma[at];
                sum += here;
                squares += here * here;
                _histogram[here * Bins / 256]++;
                int right = x + 1 < _width ? _luma[at + 1] : here;
                int below = y + 1 < _height ? _luma[at + _width] : here;
                _edges[at] = (byte)Math.Min(MaxEdge, Math.Abs(right - here) + Math.Abs(below - here));
            }
        }

        for (int i = 0; i < _chroma.Length; i++)
        {
            _histogram[Bins + (i < _chroma.Length / 2 ? 0 : ChromaBins) + (_chroma[i] * ChromaBins / 256)]++;
        }

        Mean = (double)sum / _luma.Length;
        Deviation = Math.Sqrt(Math.Max(0, ((double)squares / _luma.Length) - (Mean * Mean)));
    }
}
