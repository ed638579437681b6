namespace Rtc.Studio.Sound;

/// <summary>The parts that sound is taken apart into, under the names of their files.</summary>
internal static class Stems
{
    public const string Drums = "drums";
    public const string Bass = "bass";
    public const string Vocals = "vocals";
    public const string Other = "other";

    public static IReadOnlyList<string> Names { get; } = [Drums, Bass, Vocals, Other];

    /// <summary>A name's place among them; those that have no file of their own (guitar, piano) go with the rest.</summary>
    public static int PlaceOf(string name) =>
        name switch { Drums => 0, Bass => 1, Vocals => 2, _ => 3 };
}

/// <summary>Takes sound apart: two planes of samples in, two planes a stem out, in the order of <see cref="Stems.Names"/>.</summary>
internal interface IStemSeparator : IDisposable
{
    /// <summary>As answers name it.</summary>
    string Name { get; }

    int SampleRate { get; }

    /// <param name="planes">Left and right.</param>
    /// <param name="onProgress">Told the share that is done; may throw to end it.</param>
    /// <param name="cancel">Ends a network that is at work.</param>
    float[][][] Separate(float[][] planes, Action<double> onProgress, CancellationToken cancel = default);
}
