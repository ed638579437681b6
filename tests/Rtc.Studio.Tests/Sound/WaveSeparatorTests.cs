using Rtc.Inference.Hosting;
using Rtc.Inference.Tests.Models;
using Rtc.Studio.Sound;
using Rtc.Studio.Tests.Support;

namespace Rtc.Studio.Tests.Sound;

/// <summary>Demucs's way of going through a sound, with a network that changes nothing but how loud it is.</summary>
public sealed class WaveSeparatorTests(ITestOutputHelper output)
{
    private const int Rate = 44_100;

    [Theory]
    [InlineData(10 * Rate)]
    [InlineData(ClipGraphs.Samples)]
    [InlineData(1)]
    [InlineData(0)]
    public void Network_that_changes_nothing_gives_the_sound_back(int length)
    {
        using var folder = new ModelFolder();
        folder.Add("htdemucs", ClipGraphs.Demucs([1, 0.5f, 0.25f, 0.125f]));
        using ModelHost host = folder.Host();
        using IStemSeparator separator = StemEngines.Open(host, StudioModels.Auto, out string? problem);
        Assert.Null(problem);
        Assert.Equal("demucs", separator.Name);
        float[][] sound = [Noise(1, length), Noise(2, length)];
        var told = new List<double>();
        float[][][] stems = separator.Separate(sound, told.Add);

        // Demucs gives drums, bass, other, vocals; files are drums, bass, vocals, other.
        float[] gains = [1, 0.5f, 0.125f, 0.25f];
        for (int stem = 0; stem < gains.Length; stem++)
        {
            for (int channel = 0; channel < 2; channel++)
            {
                double off = Decibels(sound[channel], stems[stem][channel], gains[stem]);
                output.WriteLine($"{Stems.Names[stem]} {channel}: {off:0.0} dB");
                Assert.InRange(off, double.NegativeInfinity, -120);
            }
        }

        Assert.Equal(told.Order(), told);
        Assert.Equal(length == 0 ? 0 : 1, told.LastOrDefault());
    }

    /// <summary>A network is weak at the ends of what it is shown: the sound is as steady at the seams as elsewhere.</summary>
    [Fact]
    public void Seams_are_no_steps_where_the_network_fails_at_its_ends()
    {
        float[] window = new float[ClipGraphs.Samples];
        Array.Fill(window, 1);
        window.AsSpan(0, 2000).Clear();
        window.AsSpan(ClipGraphs.Samples - 2000).Clear();
        using var folder = new ModelFolder();
        folder.Add("htdemucs", ClipGraphs.Demucs([1, 1, 1, 1], window));
        using ModelHost host = folder.Host();
        using IStemSeparator separator = StemEngines.Open(host, StudioModels.Auto, out _);
        float[] sound = [.. Enumerable.Range(0, 10 * Rate).Select(i => MathF.Sin(i * 0.02f) / 2)];
        float[] made = separator.Separate([sound, [.. sound]], _ => { })[0][0];
        float step = 0;
        float off = 0;
        for (int i = 3000; i < made.Length - 3000; i++)
        {
            step = Math.Max(step, Math.Abs(made[i] - made[i - 1]));
            off = Math.Max(off, Math.Abs(made[i] - sound[i]));
        }

        output.WriteLine($"largest step {step:0.0000} of 0.0100, largest error {off:0.0000}");
        // One that is not weighed would step by half.
        Assert.InRange(step, 0, 0.016);
        Assert.InRange(off, 0, 0.02);
    }

    [Fact]
    public void Network_with_a_guitar_and_a_piano_of_their_own_gives_them_to_the_rest()
    {
        using var folder = new ModelFolder();
        folder.Add("htdemucs_6s", ClipGraphs.Demucs([1, 1, 0.5f, 1, 0.25f, 0.125f]));
        using ModelHost host = folder.Host();
        using IStemSeparator separator = StemEngines.Open(host, "htdemucs_6s", out _);
        float[] sound = Noise(1, 1000);
        float[][][] stems = separator.Separate([sound, sound], _ => { });
        Assert.InRange(Decibels(sound, stems[3][0], 0.875f), double.NegativeInfinity, -120);
    }

    [Fact]
    public void Cancelled_network_ends_and_says_so()
    {
        using var folder = new ModelFolder();
        folder.Add("htdemucs", ClipGraphs.Demucs([1, 1, 1, 1]));
        using ModelHost host = folder.Host();
        using IStemSeparator separator = StemEngines.Open(host, StudioModels.Auto, out _);
        using var cancel = new CancellationTokenSource();
        float[] sound = Noise(1, 10 * Rate);
        Assert.ThrowsAny<OperationCanceledException>(() => separator.Separate([sound, sound], _ => cancel.Cancel(), cancel.Token));
    }

    [Fact]
    public void Models_of_sound_are_no_detectors_and_broken_ones_give_way()
    {
        using var folder = new ModelFolder();
        folder.Add("htdemucs", ClipGraphs.Demucs([1, 1, 1, 1]));
        using ModelHost host = folder.Host();
        Assert.Single(host.Models, model => model is { Name: "htdemucs", Task: "stems", OnDisk: true });
        using Rtc.Inference.IDetector detector = host.OpenDetector("auto", out string? problem);
        Assert.Equal("motion", detector.Model);
        Assert.Contains("no model for 'detect'", problem, StringComparison.Ordinal);
        using IStemSeparator none = StemEngines.Open(host, "missing", out string? missing);
        Assert.Equal(("dsp", "no model of sound is called missing"), (none.Name, missing));
        using IStemSeparator chosen = StemEngines.Open(host, "dsp", out _);
        Assert.Equal("dsp", chosen.Name);
    }

    /// <summary>How much weaker than the sound what differs from it is.</summary>
    private static double Decibels(float[] sound, float[] made, float gain)
    {
        Assert.Equal(sound.Length, made.Length);
        double signal = 0;
        double off = 0;
        for (int i = 0; i < sound.Length; i++)
        {
            double wanted = sound[i] * (double)gain;
            signal += wanted * wanted;
            off += (made[i] - wanted) * (made[i] - wanted);
        }

        return off == 0 ? double.NegativeInfinity : 10 * Math.Log10(off / signal);
    }

    private static float[] Noise(int seed, int length)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => random.NextSingle() - 0.5f)];
    }
}
