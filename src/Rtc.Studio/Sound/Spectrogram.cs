namespace Rtc.Studio.Sound;

/// <summary>
/// Sound as overlapping spectra and back: frames under the root of a Hann window, or under the window itself, a quarter apart, so that
/// what is not changed comes back as it was.
/// </summary>
internal sealed class Spectrogram
{
    private const int Overlap = 4;

    // The squared windows of four overlapping frames sum up to that.
    private const float RootSum = 2;
    private const float HannSum = 1.5f;

    private readonly Fourier _fourier;
    private readonly float[] _window;
    private readonly float _windowSum;
    private readonly float[] _re;
    private readonly float[] _im;
    private readonly float[] _real;
    private readonly float[] _imaginary;
    private readonly int _samples;

    private Spectrogram(int length, int samples, bool isHann)
    {
        (_samples, _fourier) = (samples, new Fourier(length));
        Bins = (length / 2) + 1;
        Frames = ((samples + length - 1) / Hop) + 1;
        _windowSum = isHann ? HannSum : RootSum;

        // Networks were taught with the window that begins at nought.
        _window = isHann
            ? [.. Enumerable.Range(0, length).Select(i => (float)((1 - Math.Cos(2 * Math.PI * i / length)) / 2))]
            : [.. Enumerable.Range(0, length).Select(i => (float)Math.Sin(Math.PI * (i + 0.5) / length))];
        (_real, _imaginary) = (new float[length], new float[length]);
        (_re, _im) = (new float[Frames * Bins], new float[Frames * Bins]);
    }

    public int Bins { get; }

    public int Frames { get; }

    private int Hop => _fourier.Length / Overlap;

    public static Spectrogram Of(ReadOnlySpan<float> sound, int length, bool isHann = false)
    {
        var spectra = new Spectrogram(length, sound.Length, isHann);
        for (int frame = 0; frame < spectra.Frames; frame++)
        {
            int start = spectra.Start(frame);
            for (int i = 0; i < length; i++)
            {
                int at = start + i;
                spectra._real[i] = (uint)at < (uint)sound.Length ? sound[at] * spectra._window[i] : 0;
                spectra._imaginary[i] = 0;
            }

            spectra._fourier.Forward(spectra._real, spectra._imaginary);
            spectra._real.AsSpan(0, spectra.Bins).CopyTo(spectra._re.AsSpan(frame * spectra.Bins));
            spectra._imaginary.AsSpan(0, spectra.Bins).CopyTo(spectra._im.AsSpan(frame * spectra.Bins));
        }

        return spectra;
    }

    /// <summary>How strong each bin of each frame is.</summary>
    public float[] Magnitudes()
    {
        float[] magnitudes = new float[_re.Length];
        for (int i = 0; i < magnitudes.Length; i++)
        {
            magnitudes[i] = MathF.Sqrt((_re[i] * _re[i]) + (_im[i] * _im[i]));
        }

        return magnitudes;
    }

    /// <summary>What of the two at each bin points the same way, -1 to 1, by the energy of both.</summary>
    public float[] Agreement(Spectrogram other)
    {
        float[] agreement = new float[_re.Length];
        for (int i = 0; i < agreement.Length; i++)
        {
            float cross = (_re[i] * other._re[i]) + (_im[i] * other._im[i]);
            float both = (_re[i] * _re[i]) + (_im[i] * _im[i]) + (other._re[i] * other._re[i]) + (other._im[i] * other._im[i]);
            agreement[i] = both > 0 ? 2 * cross / both : 1;
        }

        return agreement;
    }

    /// <summary>The sound of what the mask leaves.</summary>
    public float[] Sound(ReadOnlySpan<float> mask)
    {
        int length = _fourier.Length;
        float[] sound = new float[_samples];
        for (int frame = 0; frame < Frames; frame++)
        {
            for (int bin = 0; bin < Bins; bin++)
            {
                int at = (frame * Bins) + bin;
                (_real[bin], _imaginary[bin]) = (_re[at] * mask[at], _im[at] * mask[at]);
                if (bin > 0 && bin < length / 2)
                {
                    (_real[length - bin], _imaginary[length - bin]) = (_real[bin], -_imaginary[bin]);
                }
            }

            _fourier.Inverse(_real, _imaginary);
            int start = Start(frame);
            for (int i = Math.Max(0, -start); i < length && start + i < _samples; i++)
            {
                sound[start + i] += _real[i] * _window[i] / _windowSum;
            }
        }

        return sound;
    }

    /// <summary>The first frame begins before the sound, so that each sample lies under as many.</summary>
    private int Start(int frame) => (frame * Hop) - _fourier.Length + Hop;
}
