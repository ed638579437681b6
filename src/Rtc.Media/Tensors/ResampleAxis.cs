namespace Rtc.Media.Tensors;

/// <summary>
/// For each output pixel of one axis: the first of its two source pixels, and how much of the second it takes.
/// Pixel centres meet as in OpenCV's linear resize, which the models were trained with.
/// </summary>
internal sealed class ResampleAxis
{
    public ResampleAxis(int source, int target, bool chroma)
    {
        Source = source;
        Target = target;
        Chroma = chroma;
        First = new int[target];
        Fraction = new float[target];
        int samples = chroma ? (source + 1) / 2 : source;
        for (int i = 0; i < target; i++)
        {
            float at = ((i + 0.5f) * source / target) - 0.5f;

            // A chroma sample lies in the middle of its two pixels (MPEG-1 siting, as cameras' I420 has it).
            at = chroma ? (at - 0.5f) / 2 : at;
            at = Math.Clamp(at, 0, samples - 1);
            First[i] = Math.Min((int)at, Math.Max(0, samples - 2));
            Fraction[i] = at - First[i];
        }
    }

    public int Source { get; }

    public int Target { get; }

    public bool Chroma { get; }

    public int[] First { get; }

    public float[] Fraction { get; }
}
