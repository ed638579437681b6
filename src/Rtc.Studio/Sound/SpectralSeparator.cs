using Rtc.Inference.Graphs;

namespace Rtc.Studio.Sound;

/// <summary>One network's estimate of one stem's spectrogram.</summary>
/// <param name="Stem">As the file is called: a stem, or the accompaniment, which is all but the voice.</param>
/// <param name="Graph">Whoever opened it disposes it.</param>
internal readonly record struct StemNetwork(string Stem, ModelGraph Graph);

/// <summary>
/// Takes sound apart with a network for each stem that takes how strong each bin is (Open-Unmix, Spleeter): what they estimate shares
/// out the sound by power. Stems that have no network are told apart without weights in what is left. Owns the networks.
/// </summary>
internal sealed class SpectralSeparator(string family, IReadOnlyList<StemNetwork> networks) : IStemSeparator
{
    public const string Unmix = "open-unmix";
    public const string Spleeter = "spleeter";
    public const string Accompaniment = "accompaniment";

    private const int Channels = 2;
    private const int FrameLength = 4096;

    private readonly DspSeparator _rest = new();

    /// <summary>Names the one without weights too, where it has a part in it.</summary>
    public string Name => Missing.Count == 0 ? family : $"{family}+{DspSeparator.EngineName}";

    public int SampleRate => 44_100;

    public float[][][] Separate(float[][] planes, Action<double> onProgress, CancellationToken cancel = default)
    {
        int length = planes[0].Length;
        Spectrogram[] spectra = [.. planes.Select(plane => Spectrogram.Of(plane, FrameLength, isHann: true))];
        float[][] loudness = [.. spectra.Select(one => one.Magnitudes())];
        var estimates = new float[networks.Count][][];
        for (int i = 0; i < networks.Count; i++)
        {
            estimates[i] = Estimate(networks[i].Graph, loudness, spectra[0].Frames, spectra[0].Bins, cancel);
            onProgress(0.8 * (i + 1) / networks.Count);
        }

        float[][][] stems = [.. Stems.Names.Select(_ => new[] { new float[length], new float[length] })];
        float[][] left = [[.. planes[0]], [.. planes[1]]];
        for (int channel = 0; channel < Channels; channel++)
        {
            Share(estimates, loudness, channel, spectra[0].Bins);
            for (int i = 0; i < networks.Count; i++)
            {
                if (networks[i].Stem != Accompaniment)
                {
                    float[] sound = spectra[channel].Sound(estimates[i][channel]);
                    Add(sound, stems[Stems.PlaceOf(networks[i].Stem)][channel], 1);
                    Add(sound, left[channel], -1);
                }
            }
        }

        if (Missing.Count > 0)
        {
            float[][][] parts = _rest.Separate(left, done => onProgress(0.8 + (0.2 * done)), cancel);
            for (int part = 0; part < parts.Length; part++)
            {
                // What belongs to a stem that its network has found already is its rest.
                int into = Missing.Contains(Stems.Names[part])
                    ? part
                    : Stems.PlaceOf(Missing.Contains(Stems.Other) ? Stems.Other : Missing[0]);
                for (int channel = 0; channel < Channels; channel++)
                {
                    Add(parts[part][channel], stems[into][channel], 1);
                }
            }
        }

        onProgress(1);
        return stems;
    }

    public void Dispose()
    {
        foreach (StemNetwork network in networks)
        {
            network.Graph.Dispose();
        }
    }

    private List<string> Missing => [.. Stems.Names.Where(name => !networks.Any(network => network.Stem != Accompaniment
        && Stems.PlaceOf(network.Stem) == Stems.PlaceOf(name)))];

    private static void Add(float[] from, float[] into, float by)
    {
        for (int i = 0; i < into.Length; i++)
        {
            into[i] += by * from[i];
        }
    }

    /// <summary>Estimates become shares of one channel, by power; what all of them leave over belongs to none.</summary>
    private void Share(float[][][] estimates, float[][] loudness, int channel, int bins)
    {
        bool isWhole = Missing.Count == 0 || networks.Any(network => network.Stem == Accompaniment);
        for (int at = 0; at < loudness[channel].Length; at++)
        {
            float sum = 0;
            float power = 0;
            foreach (float[][] estimate in estimates)
            {
                float one = Math.Max(0, estimate[channel][at]);
                (sum, power) = (sum + one, power + (one * one));
            }

            float over = isWhole ? 0 : Math.Max(0, loudness[channel][at] - sum);
            power += over * over;
            foreach (float[][] estimate in estimates)
            {
                float one = Math.Max(0, estimate[channel][at]);
                estimate[channel][at] = power > 0 ? one * one / power : 1f / Math.Max(1, estimates.Length);
            }
        }

        if (estimates.Length > 0 && Known(bins) is var known && known < bins)
        {
            Extend(estimates, channel, bins, known);
        }
    }

    private int Known(int bins) => networks.Min(network => network.Graph.Inputs[0].Shape is var shape && shape[3] > 0 && shape[2] != bins
        ? (int)shape[3]
        : bins);

    /// <summary>What lies above the highest bin that a network knows is shared out as the highest tenth of those that it knows.</summary>
    private static void Extend(float[][][] estimates, int channel, int bins, int known)
    {
        int some = Math.Max(1, known / 10);
        foreach (float[] shares in estimates.Select(estimate => estimate[channel]))
        {
            for (int row = 0; row < shares.Length; row += bins)
            {
                float mean = 0;
                foreach (float share in shares.AsSpan(row + known - some, some))
                {
                    mean += share / some;
                }

                shares.AsSpan(row + known, bins - known).Fill(mean);
            }
        }
    }

    private static float[][] Estimate(ModelGraph graph, float[][] loudness, int frames, int bins, CancellationToken cancel)
    {
        IReadOnlyList<long> shape = graph.Inputs[0].Shape;
        bool isUnmix = shape[2] == bins;
        float[][] estimate = [new float[frames * bins], new float[frames * bins]];

        // Open-Unmix's bins go down and its frames to the right; Spleeter's are in blocks of frames, by channel or by block first.
        int block = isUnmix ? shape[3] is > 0 and var declared ? (int)declared : frames : (int)shape[2];
        int known = isUnmix ? bins : (int)shape[3];
        bool isChannelFirst = !isUnmix && shape[0] == Channels;
        graph.Bind(isUnmix ? [1, Channels, bins, block] : isChannelFirst ? [Channels, 1, block, known] : [1, Channels, block, known]);
        float[] values = new float[block * known];
        for (int first = 0; first < frames; first += block)
        {
            for (int channel = 0; channel < Channels; channel++)
            {
                Array.Clear(values);
                for (int frame = 0; frame < Math.Min(block, frames - first); frame++)
                {
                    ReadOnlySpan<float> row = loudness[channel].AsSpan((first + frame) * bins, known);
                    for (int bin = 0; bin < known; bin++)
                    {
                        values[isUnmix ? (bin * block) + frame : (frame * known) + bin] = row[bin];
                    }
                }

                graph.Write(0, values, channel * values.Length);
            }

            graph.Run(cancel);
            ReadOnlySpan<float> made = graph.Floats(0);
            if (made.Length != Channels * values.Length)
            {
                throw new StudioException("model", $"{graph.File.Name} gives {made.Length} numbers for {Channels * values.Length}.");
            }

            for (int channel = 0; channel < Channels; channel++)
            {
                for (int frame = 0; frame < Math.Min(block, frames - first); frame++)
                {
                    Span<float> row = estimate[channel].AsSpan((first + frame) * bins, known);
                    for (int bin = 0; bin < known; bin++)
                    {
                        row[bin] = made[(channel * values.Length) + (isUnmix ? (bin * block) + frame : (frame * known) + bin)];
                    }
                }
            }
        }

        return estimate;
    }
}
