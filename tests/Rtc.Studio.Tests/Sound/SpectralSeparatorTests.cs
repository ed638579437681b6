using Rtc.Inference.Hosting;
using Rtc.Inference.Tests.Models;
using Rtc.Studio.Sound;
using Rtc.Studio.Tests.Support;

namespace Rtc.Studio.Tests.Sound;

/// <summary>Networks of one stem each, that take a range of bins for their stem.</summary>
public sealed class SpectralSeparatorTests(ITestOutputHelper output)
{
    private const int Rate = 44_100;
    private const int Length = 2 * Rate;

    // Of a frame of 4096: 10.8 Hz a bin.
    private static readonly (string Stem, int From, int To, double Hertz)[] s_stems =
        [("drums", 0, 30, 150), ("bass", 30, 60, 480), ("vocals", 60, 200, 1200), ("other", 200, 1024, 5000)];

    [Theory]
    [InlineData("open-unmix", false)]
    [InlineData("spleeter", false)]
    [InlineData("spleeter", true)]
    public void Each_network_gives_its_own_stem(string family, bool isChannelFirst)
    {
        using var folder = new ModelFolder();
        foreach ((string stem, int from, int to, _) in s_stems)
        {
            folder.Add(
                $"mine_{stem}", family == "spleeter" ? ClipGraphs.Spleeter(from, to, isChannelFirst) : ClipGraphs.Unmix(from, to));
        }

        using ModelHost host = folder.Host();
        using IStemSeparator separator = StemEngines.Open(host, "mine", out string? problem);
        Assert.Null(problem);
        Assert.Equal(family, separator.Name);
        float[][] tones = [.. s_stems.Select(stem => Tone(stem.Hertz))];
        float[] mixture = tones.Aggregate((a, b) => [.. a.Zip(b, (x, y) => x + y)]);
        float[][][] stems = separator.Separate([mixture, [.. mixture.Select(sample => sample / 2)]], _ => { });
        for (int stem = 0; stem < tones.Length; stem++)
        {
            double ratio = Ratio(tones[stem], stems[stem][0]);
            output.WriteLine($"{Stems.Names[stem]} {ratio:0.0} dB");
            Assert.InRange(ratio, 30, 999);
            Assert.InRange(Ratio([.. tones[stem].Select(sample => sample / 2)], stems[stem][1]), 30, 999);
        }
    }

    [Fact]
    public void Stems_without_a_network_are_told_apart_in_what_the_voice_leaves()
    {
        using var folder = new ModelFolder();
        folder.Add("2stems-vocals", ClipGraphs.Spleeter(60, 200));
        folder.Add("2stems-accompaniment", ClipGraphs.Spleeter(0, 60));
        using ModelHost host = folder.Host();
        using IStemSeparator separator = StemEngines.Open(host, StudioModels.Auto, out _);
        Assert.Equal("spleeter+dsp", separator.Name);
        (float[] bass, float[] voice) = (Tone(80), Tone(1200));
        float[] mixture = [.. bass.Zip(voice, (x, y) => x + y)];
        float[][][] stems = separator.Separate([mixture, [.. mixture]], _ => { });
        Assert.InRange(Ratio(bass, stems[1][0]), 15, 999);
        Assert.InRange(Ratio(voice, stems[2][0]), 30, 999);
        double off = 0;
        for (int i = 0; i < Length; i++)
        {
            double sum = stems.Sum(stem => (double)stem[0][i]);
            off = Math.Max(off, Math.Abs(sum - mixture[i]));
        }

        Assert.InRange(off, 0, 1e-3);
    }

    private static float[] Tone(double hertz) =>
        [.. Enumerable.Range(0, Length).Select(i => (float)(0.2 * Math.Sin(2 * Math.PI * hertz * i / Rate)))];

    /// <summary>Signal to distortion, without the ends.</summary>
    private static double Ratio(float[] truth, float[] stem)
    {
        double signal = 0;
        double off = 0;
        for (int i = 8192; i < Length - 8192; i++)
        {
            signal += truth[i] * truth[i];
            off += (truth[i] - stem[i]) * (truth[i] - stem[i]);
        }

        return 10 * Math.Log10(signal / Math.Max(1e-12, off));
    }
}
