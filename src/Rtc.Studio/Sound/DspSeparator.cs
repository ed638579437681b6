namespace Rtc.Studio.Sound;

/// <summary>
/// Takes sound apart without weights. Clicks are short and hold all frequencies, tones are long and hold few (Fitzgerald, DAFx 2010):
/// medians along time and along frequency tell drums from the rest. Of the rest what is low is the bass, what both channels have
/// alike within a voice's range is the voice, and where there is one channel alone, what changes its pitch. The stems sum up to the
/// sound.
/// </summary>
internal sealed class DspSeparator : IStemSeparator
{
    public const string EngineName = "dsp";

    // A frame of 46 ms tells clicks from tones, one of 93 ms which bins a voice wanders through.
    private const int ShortFrame = 2048;
    private const int LongFrame = 4096;

    // On either side of a frame, 23 ms each; and how much strength may change around its mean.
    private const int WanderFrames = 8;
    private const float Steady = 0.12f;
    private const float Unsteady = 0.4f;
    private const int AlongTime = 17;
    private const int AlongFrequency = 31;

    // Steepness of the masks: how soon the stronger takes all.
    private const int Power = 2;

    private const double BassHertz = 180;
    private const double BassSlope = 60;
    private const double VoiceLowHertz = 160;
    private const double VoiceHighHertz = 7000;

    // Channels that agree by less belong to something at a side.
    private const float MinAgreement = 0.7f;

    public string Name => EngineName;

    public int SampleRate => 44_100;

    public float[][][] Separate(float[][] planes, Action<double> onProgress, CancellationToken cancel = default)
    {
        bool isStereo = !planes[0].AsSpan().SequenceEqual(planes[1]);
        float[] middle = new float[planes[0].Length];
        for (int i = 0; i < middle.Length; i++)
        {
            middle[i] = (planes[0][i] + planes[1][i]) / 2;
        }

        Spectrogram[] shorts = [Spectrogram.Of(planes[0], ShortFrame), Spectrogram.Of(planes[1], ShortFrame)];
        onProgress(0.15);
        float[] harmonic = HarmonicShare(Loudness(shorts), shorts[0].Frames, shorts[0].Bins);
        onProgress(0.4);
        float[] voice = isStereo ? MiddleShare(shorts) : WanderingShare(middle, shorts[0]);
        onProgress(0.7);
        float[][] masks = Masks(harmonic, voice, shorts[0]);
        var stems = new float[masks.Length][][];
        for (int stem = 0; stem < masks.Length; stem++)
        {
            float[] left = shorts[0].Sound(masks[stem]);
            stems[stem] = [left, isStereo ? shorts[1].Sound(masks[stem]) : [.. left]];
            onProgress(0.7 + (0.3 * (stem + 1) / masks.Length));
        }

        return stems;
    }

    public void Dispose()
    {
    }

    private float[][] Masks(float[] harmonic, float[] voice, Spectrogram spectra)
    {
        float[][] masks = [.. Stems.Names.Select(_ => new float[harmonic.Length])];
        for (int bin = 0; bin < spectra.Bins; bin++)
        {
            double hertz = (double)bin * SampleRate / ShortFrame;
            float bass = (float)(1 / (1 + Math.Exp((hertz - BassHertz) / (BassSlope / 4))));
            float range = hertz is >= VoiceLowHertz and <= VoiceHighHertz ? 1 : 0;
            for (int at = bin; at < harmonic.Length; at += spectra.Bins)
            {
                float low = harmonic[at] * bass;
                float rest = harmonic[at] - low;
                float sung = rest * voice[at] * range;
                (masks[0][at], masks[1][at], masks[2][at], masks[3][at]) = (1 - harmonic[at], low, sung, rest - sung);
            }
        }

        return masks;
    }

    private static float[] Loudness(Spectrogram[] spectra)
    {
        float[] loudness = spectra[0].Magnitudes();
        float[] other = spectra[1].Magnitudes();
        for (int i = 0; i < loudness.Length; i++)
        {
            loudness[i] += other[i];
        }

        return loudness;
    }

    /// <summary>Which share of each bin is a tone's and not a click's.</summary>
    private static float[] HarmonicShare(float[] loudness, int frames, int bins)
    {
        float[] tones = new float[loudness.Length];
        float[] clicks = new float[loudness.Length];
        var alongTime = new MedianFilter(AlongTime);
        var alongFrequency = new MedianFilter(AlongFrequency);
        for (int bin = 0; bin < bins; bin++)
        {
            alongTime.Run(loudness, bin, bins, frames, tones);
        }

        for (int frame = 0; frame < frames; frame++)
        {
            alongFrequency.Run(loudness, frame * bins, 1, bins, clicks);
        }

        for (int i = 0; i < tones.Length; i++)
        {
            float tone = MathF.Pow(tones[i], Power);
            float click = MathF.Pow(clicks[i], Power);
            tones[i] = tone + click > 0 ? tone / (tone + click) : 1;
        }

        return tones;
    }

    /// <summary>Which share of each bin both channels have alike.</summary>
    private static float[] MiddleShare(Spectrogram[] spectra)
    {
        float[] share = spectra[0].Agreement(spectra[1]);
        for (int i = 0; i < share.Length; i++)
        {
            share[i] = Smooth((share[i] - MinAgreement) / (1 - MinAgreement));
        }

        return share;
    }

    /// <summary>
    /// Which share of each bin belongs to what wanders: within a third of a second an instrument's tone stays as strong in its bin,
    /// a voice goes from bin to bin.
    /// </summary>
    private static float[] WanderingShare(float[] middle, Spectrogram shorts)
    {
        Spectrogram longs = Spectrogram.Of(middle, LongFrame);
        float[] wandering = longs.Sound(Wandering(longs.Magnitudes(), longs.Frames, longs.Bins));
        float[] all = Spectrogram.Of(middle, ShortFrame).Magnitudes();
        float[] moving = Spectrogram.Of(wandering, ShortFrame).Magnitudes();
        for (int i = 0; i < shorts.Frames * shorts.Bins; i++)
        {
            all[i] = Smooth(all[i] > 0 ? moving[i] / all[i] : 0);
        }

        return all;
    }

    /// <summary>How much each bin's strength changes around each frame, as a share of what it is on average.</summary>
    private static float[] Wandering(float[] strength, int frames, int bins)
    {
        float[] changing = new float[strength.Length];
        for (int bin = 0; bin < bins; bin++)
        {
            double sum = 0;
            double squares = 0;
            int count = 0;
            for (int frame = -WanderFrames; frame < frames; frame++)
            {
                if (frame + WanderFrames < frames)
                {
                    float comes = strength[((frame + WanderFrames) * bins) + bin];
                    (sum, squares, count) = (sum + comes, squares + (comes * comes), count + 1);
                }

                if (frame - WanderFrames - 1 >= 0)
                {
                    float goes = strength[((frame - WanderFrames - 1) * bins) + bin];
                    (sum, squares, count) = (sum - goes, squares - (goes * goes), count - 1);
                }

                if (frame >= 0)
                {
                    double mean = sum / count;
                    double change = mean > 0 ? Math.Sqrt(Math.Max(0, (squares / count) - (mean * mean))) / mean : 0;
                    changing[(frame * bins) + bin] = Smooth((float)((change - Steady) / (Unsteady - Steady)));
                }
            }
        }

        return changing;
    }

    private static float Smooth(float share)
    {
        float t = Math.Clamp(share, 0, 1);
        return t * t * (3 - (2 * t));
    }
}
