using Rtc.Studio.Sound;

namespace Rtc.Studio.Tests.Sound;

public sealed class DspSeparatorTests(ITestOutputHelper output)
{
    private const int Rate = 44_100;
    private const int Length = 4 * Rate;

    /// <summary>A low tone, clicks of noise, a tone that wanders in the middle and a chord at the left.</summary>
    [Fact]
    public void Stems_of_a_stereo_mixture_are_told_apart()
    {
        float[][][] parts =
        [
            Both(Clicks()), Both(Tone(_ => 80, 0.3)), Both(Tone(t => 520 + (12 * Math.Sin(2 * Math.PI * 5.5 * t)), 0.25)),
            [Add(Tone(_ => 350, 0.2), Tone(_ => 2200, 0.12)), Scale(Add(Tone(_ => 350, 0.2), Tone(_ => 2200, 0.12)), 0.1f)],
        ];
        double[] ratios = Ratios(parts);
        Assert.InRange(ratios[0], 9, 99);
        Assert.InRange(ratios[1], 15, 99);
        Assert.InRange(ratios[2], 12, 99);
        Assert.InRange(ratios[3], 12, 99);
    }

    [Fact]
    public void Stems_of_one_channel_are_told_by_how_steady_they_are()
    {
        float[][][] parts =
        [
            Both(Clicks()), Both(Tone(_ => 80, 0.3)), Both(Tone(t => 520 + (18 * Math.Sin(2 * Math.PI * 5.5 * t)), 0.25)),
            Both(Add(Tone(_ => 330, 0.2), Tone(_ => 2200, 0.12))),
        ];
        double[] ratios = Ratios(parts);
        Assert.InRange(ratios[0], 8, 99);
        Assert.InRange(ratios[1], 15, 99);
        Assert.InRange(ratios[2], 6, 99);
        Assert.InRange(ratios[3], 6, 99);
    }

    [Fact]
    public void Stems_sum_up_to_the_sound()
    {
        float[] noise = Noise(1, 0.4);
        float[][] planes = [noise, Noise(2, 0.4)];
        float[][][] stems = new DspSeparator().Separate(planes, _ => { });
        double off = 0;
        double whole = 0;
        for (int i = 0; i < noise.Length; i++)
        {
            double sum = stems.Sum(stem => (double)stem[0][i]);
            off += (sum - noise[i]) * (sum - noise[i]);
            whole += noise[i] * noise[i];
        }

        double decibels = 10 * Math.Log10(whole / off);
        output.WriteLine($"sum {decibels:0} dB");
        Assert.InRange(decibels, 90, 999);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3000)]
    public void Sound_of_any_length_keeps_it(int length)
    {
        float[] sound = new float[length];
        Assert.All(new DspSeparator().Separate([sound, sound], _ => { }), stem => Assert.Equal(length, stem[1].Length));
    }

    private double[] Ratios(float[][][] parts)
    {
        float[][] mixture = [parts.Select(part => part[0]).Aggregate(Add), parts.Select(part => part[1]).Aggregate(Add)];
        float[][][] stems = new DspSeparator().Separate(mixture, _ => { });
        double[] ratios = [.. parts.Select((part, i) => Ratio(part[0], stems[i][0]))];
        output.WriteLine(string.Join(", ", ratios.Select((ratio, i) => $"{Stems.Names[i]} {ratio:0.0} dB")));
        return ratios;
    }

    /// <summary>Signal to distortion: how much stronger the truth is than what the stem differs from it.</summary>
    private static double Ratio(float[] truth, float[] stem)
    {
        double signal = 0;
        double off = 0;
        for (int i = Rate / 2; i < truth.Length - (Rate / 2); i++)
        {
            signal += truth[i] * truth[i];
            off += (truth[i] - stem[i]) * (truth[i] - stem[i]);
        }

        return 10 * Math.Log10(signal / off);
    }

    private static float[][] Both(float[] sound) => [sound, [.. sound]];

    private static float[] Add(float[] a, float[] b) => [.. a.Zip(b, (x, y) => x + y)];

    private static float[] Scale(float[] sound, float by) => [.. sound.Select(sample => sample * by)];

    private static float[] Tone(Func<double, double> hertz, double level)
    {
        float[] sound = new float[Length];
        double phase = 0;
        for (int i = 0; i < Length; i++)
        {
            phase += 2 * Math.PI * hertz((double)i / Rate) / Rate;
            sound[i] = (float)(level * Math.Sin(phase));
        }

        return sound;
    }

    /// <summary>Four a second, each ten milliseconds of noise that dies away.</summary>
    private static float[] Clicks()
    {
        float[] noise = Noise(3, 0.9);
        float[] sound = new float[Length];
        for (int start = Rate / 8; start < Length; start += Rate / 4)
        {
            for (int i = 0; i < Rate / 50 && start + i < Length; i++)
            {
                sound[start + i] = noise[start + i] * MathF.Exp(-i / (Rate * 0.004f));
            }
        }

        return sound;
    }

    private static float[] Noise(int seed, double level)
    {
        var random = new Random(seed);
        float[] noise = new float[Length];
        for (int i = 0; i < Length; i++)
        {
            noise[i] = (float)(level * ((2 * random.NextDouble()) - 1));
        }

        return noise;
    }
}
