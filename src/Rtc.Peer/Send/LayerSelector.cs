namespace Rtc.Peer.Send;

/// <summary>
/// Decides which temporal layers one viewer gets. Measures what each layer costs and keeps the most that
/// fit into the viewer's bitrate; a layer comes back only at a picture that needs nothing of it.
/// </summary>
internal sealed class LayerSelector
{
    private const int Layers = 4;

    // An encoder that follows this very viewer makes what the estimate says, give or take: that must bring
    // the layers back, and its overshoot must not drop them. Between the two an estimate may waver.
    private const double UpMargin = 1.1;
    private const double DownMargin = 1.25;
    private static readonly TimeSpan s_window = TimeSpan.FromMilliseconds(500);

    private readonly long[] _bytes = new long[Layers];
    private readonly double[] _rates = new double[Layers];
    private Instant _windowStart;
    private int _wanted = Layers - 1;
    private int _current = Layers - 1;
    private bool _measured;

    /// <summary>The highest layer that is let through however much would fit.</summary>
    public int Limit { get; set; } = Layers - 1;

    public bool Accept(Instant now, EncodedFrame frame, Bitrate available)
    {
        int layer = Math.Min(frame.TemporalLayer, (byte)(Layers - 1));
        if (_windowStart == default)
        {
            _windowStart = now;
        }

        _bytes[layer] += frame.Length;
        if (now - _windowStart >= s_window)
        {
            Measure(now);
            Choose(available);
        }

        int wanted = Math.Min(_wanted, Limit);
        if (wanted < _current)
        {
            _current = wanted;
        }
        else if (wanted > _current && (frame.IsKey || (layer > _current && frame.LayerSync)))
        {
            _current = frame.IsKey ? wanted : Math.Min(layer, wanted);
        }

        return layer <= _current;
    }

    private void Measure(Instant now)
    {
        double seconds = (now - _windowStart).TotalSeconds;
        for (int i = 0; i < Layers; i++)
        {
            double rate = _bytes[i] * 8 / seconds;
            _rates[i] = _measured ? (_rates[i] + rate) / 2 : rate;
            _bytes[i] = 0;
        }

        _measured = true;
        _windowStart = now;
    }

    private void Choose(Bitrate available)
    {
        double sum = 0;
        int fits = 0;
        for (int i = 0; i < Layers; i++)
        {
            sum += _rates[i];
            double margin = i > _wanted ? UpMargin : DownMargin;
            if (i == 0 || sum <= available.BitsPerSecond * margin)
            {
                fits = i;
            }
            else
            {
                break;
            }
        }

        _wanted = fits;
    }
}
