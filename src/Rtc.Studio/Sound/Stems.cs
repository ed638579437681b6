namespace Rtc.Studio.Sound;

/// <summary>The parts that sound is taken apart into, under the names of their files.</summary>
internal static class Stems
{
    public const string Drums = "drums";
    public const string Bass = "bass";
    public const string Vocals = "vocals";
    public const string Other = "other";

    public static IReadOnlyList<string> Names { get; } = [Drums, Bass, Vocals, Other];
}

/// <summary>Takes sound apart: two planes of samples in, two planes a stem out, in the order of <see cref="Stems.Names"/>.</summary>
internal interface IStemSeparator : IDisposable
{
    /// <summary>As answers name it.</summary>
    string Name { get; }

    int SampleRate { get; }

    float[][][] Separate(float[][] planes, Action<double> onProgress);
}
