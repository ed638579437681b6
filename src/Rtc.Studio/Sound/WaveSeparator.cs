using Rtc.Inference.Graphs;

namespace Rtc.Studio.Sound;

/// <summary>
/// Takes sound apart with a network that takes waveforms (Demucs): in stretches that overlap by a quarter at least and are weighed by
/// how far a sample is from their ends, so that no seam is heard. The sound is as loud as the network was taught. Owns the graph.
/// </summary>
internal sealed class WaveSeparator : IStemSeparator
{
    public const string EngineName = "demucs";

    private const int Channels = 2;
    private const double Overlap = 0.25;

    // 7.8 seconds, what Demucs was taught on, where the file leaves it open.
    private const int UsualSamples = 343_980;
    private const string SourcesKey = "sources";

    // Sound without any is left as it is.
    private const double Silence = 1e-8;

    private static readonly string[] s_usual = [Stems.Drums, Stems.Bass, Stems.Other, Stems.Vocals];

    private readonly ModelGraph _graph;
    private readonly int _samples;

    public WaveSeparator(ModelGraph graph)
    {
        _graph = graph;
        _samples = graph.Inputs[0].Shape[2] is > 0 and var declared ? (int)declared : UsualSamples;
    }

    public string Name => EngineName;

    public int SampleRate => 44_100;

    public float[][][] Separate(float[][] planes, Action<double> onProgress, CancellationToken cancel = default)
    {
        int length = planes[0].Length;
        float[][][] stems = [.. Stems.Names.Select(_ => new[] { new float[length], new float[length] })];
        if (length == 0)
        {
            return stems;
        }

        double loudness = Loudness(planes);
        float[] weights = Weights(_samples);
        float[] total = new float[length];
        int[] starts = [.. Starts(length, _samples)];
        float[] part = new float[_samples];
        _graph.Bind([1, Channels, _samples]);
        for (int i = 0; i < starts.Length; i++)
        {
            for (int channel = 0; channel < Channels; channel++)
            {
                Take(planes[channel], starts[i], (float)(1 / loudness), part);
                _graph.Write(0, part, channel * _samples);
            }

            _graph.Run(cancel);
            AddTo(stems, total, starts[i], weights);
            onProgress((i + 1.0) / starts.Length);
        }

        foreach (float[] plane in stems.SelectMany(stem => stem))
        {
            for (int i = 0; i < length; i++)
            {
                plane[i] *= (float)(loudness / total[i]);
            }
        }

        return stems;
    }

    public void Dispose() => _graph.Dispose();

    /// <summary>What lies outside of the sound is silent.</summary>
    private static void Take(float[] plane, int start, float scale, float[] into)
    {
        Array.Clear(into);
        int first = Math.Max(0, start);
        int count = Math.Min(plane.Length, start + into.Length) - first;
        for (int i = 0; i < count; i++)
        {
            into[first - start + i] = plane[first + i] * scale;
        }
    }

    private void AddTo(float[][][] stems, float[] total, int start, float[] weights)
    {
        string[] sources = Sources();
        ReadOnlySpan<float> made = _graph.Floats(0);
        int first = Math.Max(0, start);
        int count = Math.Min(total.Length, start + _samples) - first;
        for (int source = 0; source < sources.Length; source++)
        {
            int stem = Stems.PlaceOf(sources[source]);
            for (int channel = 0; channel < Channels; channel++)
            {
                ReadOnlySpan<float> from = made.Slice((((source * Channels) + channel) * _samples) + first - start, count);
                ReadOnlySpan<float> weigh = weights.AsSpan(first - start, count);
                Span<float> into = stems[stem][channel].AsSpan(first, count);
                for (int i = 0; i < count; i++)
                {
                    into[i] += from[i] * weigh[i];
                }
            }
        }

        for (int i = 0; i < count; i++)
        {
            total[first + i] += weights[first - start + i];
        }
    }

    /// <summary>The network's stems in its order.</summary>
    private string[] Sources()
    {
        ReadOnlySpan<long> shape = _graph.Shape(0);
        if (shape.Length != 4 || shape[1] < s_usual.Length || shape[2] != Channels || shape[3] != _samples)
        {
            throw new StudioException(
                "model", $"{_graph.File.Name} gives {string.Join('×', shape.ToArray())}: 1×4×2×{_samples} was expected.");
        }

        string[] named = _graph.File.Metadata.TryGetValue(SourcesKey, out string? list)
            ? list.Split([',', ' ', '[', ']', '\'', '"'], StringSplitOptions.RemoveEmptyEntries)
            : s_usual;
        return [.. Enumerable.Range(0, (int)shape[1]).Select(i => i < named.Length ? named[i] : Stems.Other)];
    }

    /// <summary>Where the stretches begin; the last one ends with the sound, so that it has the most of it around.</summary>
    private static IEnumerable<int> Starts(int length, int samples)
    {
        if (length <= samples)
        {
            yield return (length - samples) / 2;
            yield break;
        }

        int step = (int)(samples * (1 - Overlap));
        for (int start = 0; ; start += step)
        {
            yield return Math.Min(start, length - samples);
            if (start + samples >= length)
            {
                yield break;
            }
        }
    }

    /// <summary>A triangle: most in the middle.</summary>
    private static float[] Weights(int samples) =>
        [.. Enumerable.Range(0, samples).Select(i => 2f * Math.Min(i + 1, samples - i) / samples)];

    /// <summary>The deviation of both channels' mean.</summary>
    private static double Loudness(float[][] planes)
    {
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < planes[0].Length; i++)
        {
            double middle = (planes[0][i] + planes[1][i]) / 2.0;
            sum += middle;
            squares += middle * middle;
        }

        double mean = sum / planes[0].Length;
        double deviation = Math.Sqrt(Math.Max(0, (squares / planes[0].Length) - (mean * mean)));
        return deviation > Silence ? deviation : 1;
    }
}
