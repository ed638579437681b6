using System.Runtime.InteropServices;

namespace Rtc.Media.Tensors;

/// <summary>One thread's rows and tables for letterboxing: built for a size, kept until the size changes.</summary>
internal sealed unsafe class LetterboxScratch
{
    // Room after a row for the vector that reads past its end.
    private const int Slack = 32;

    [ThreadStatic]
    private static LetterboxScratch? _ofThread;

    private float[] _rows = [];

    public static LetterboxScratch OfThread => _ofThread ??= new LetterboxScratch();

    public ResampleAxis LumaX { get; private set; } = new(1, 1, false);

    public ResampleAxis LumaY { get; private set; } = new(1, 1, false);

    public ResampleAxis ChromaX { get; private set; } = new(1, 1, true);

    public ResampleAxis ChromaY { get; private set; } = new(1, 1, true);

    public Memory<float> Luma { get; private set; }

    public Memory<float> U { get; private set; }

    public Memory<float> V { get; private set; }

    public Memory<float> Red { get; private set; }

    public Memory<float> Green { get; private set; }

    public Memory<float> Blue { get; private set; }

    public void Fit(int sourceWidth, int sourceHeight, int width, int height)
    {
        if (LumaX.Source == sourceWidth
            && LumaX.Target == width
            && LumaY.Source == sourceHeight
            && LumaY.Target == height
            && _rows.Length > 0)
        {
            return;
        }

        LumaX = new ResampleAxis(sourceWidth, width, false);
        LumaY = new ResampleAxis(sourceHeight, height, false);
        ChromaX = new ResampleAxis(sourceWidth, width, true);
        ChromaY = new ResampleAxis(sourceHeight, height, true);
        int luma = sourceWidth + Slack;
        int chroma = ((sourceWidth + 1) / 2) + Slack;
        int output = width + Slack;
        _rows = GC.AllocateArray<float>(luma + (2 * chroma) + (3 * output), pinned: true);
        Memory<float> all = _rows;
        Luma = all[..luma];
        U = all.Slice(luma, chroma);
        V = all.Slice(luma + chroma, chroma);
        int at = luma + (2 * chroma);
        Red = all.Slice(at, output);
        Green = all.Slice(at + output, output);
        Blue = all.Slice(at + (2 * output), output);
    }
}
