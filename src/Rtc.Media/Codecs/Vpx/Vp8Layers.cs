namespace Rtc.Media.Codecs.Vpx;

/// <summary>
/// Which references each picture of a temporal pattern may use and change. The base layer lives in LAST alone, the
/// middle layer in GOLDEN, the top layer leaves no trace: any higher layer can be left out and the rest still
/// decodes. ALTREF is never used.
/// </summary>
internal static class Vp8Layers
{
    public const int Max = 3;

    private const int NoRefGolden = 1 << 17;
    private const int NoUpdateLast = 1 << 18;
    private const int NoUpdateEntropy = 1 << 20;
    private const int NoRefAltRef = 1 << 21;
    private const int NoUpdateGolden = 1 << 22;
    private const int NoUpdateAltRef = 1 << 23;

    private const int Base = NoRefGolden | NoRefAltRef | NoUpdateGolden | NoUpdateAltRef;

    // Entropy stays as the base layer left it, or a dropped picture would take its probabilities along.
    private const int Middle = NoRefGolden | NoRefAltRef | NoUpdateLast | NoUpdateAltRef | NoUpdateEntropy;
    private const int TopAfterBase = NoRefGolden | NoRefAltRef | NoUpdateLast | NoUpdateGolden | NoUpdateAltRef | NoUpdateEntropy;
    private const int TopAfterMiddle = NoRefAltRef | NoUpdateLast | NoUpdateGolden | NoUpdateAltRef | NoUpdateEntropy;

    private static readonly Slot[][] Patterns =
    [
        [new(0, 0, false)],
        [new(0, Base, false), new(1, TopAfterBase, true)],
        [new(0, Base, false), new(2, TopAfterBase, true), new(1, Middle, true), new(2, TopAfterMiddle, false)],
    ];

    public static ReadOnlySpan<Slot> Pattern(int layers) => Patterns[layers - 1];

    /// <summary>Kilobits of each layer together with those below it: the base gets the larger share, as all depend on it.</summary>
    public static ReadOnlySpan<int> CumulativePercent(int layers) => layers switch
    {
        2 => [60, 100],
        3 => [45, 65, 100],
        _ => [100],
    };

    /// <summary>One picture out of so many belongs to this layer or a lower one.</summary>
    public static ReadOnlySpan<int> Decimators(int layers) => layers switch
    {
        2 => [2, 1],
        3 => [4, 2, 1],
        _ => [1],
    };

    /// <param name="Layer">The temporal layer.</param>
    /// <param name="Flags">What vpx_codec_encode is told.</param>
    /// <param name="Sync">The picture uses the base layer only: a viewer may climb to this layer here.</param>
    public readonly record struct Slot(byte Layer, int Flags, bool Sync);
}
