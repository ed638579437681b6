using Rtc.Analysis.Looking;
using Rtc.Inference;
using Rtc.Inference.Segment;
using Rtc.Media;

namespace Rtc.Analysis.Tests.Running;

/// <summary>A detector that finds what is white: a box over all bright pixels of the left half, and one over the right half's.</summary>
internal sealed class WhiteSquares : IDetector
{
    private const byte Bright = 180;

    public string Model => "white";

    public string Provider => "cpu";

    public IReadOnlyList<string> ClassNames { get; } = ["person", "bottle"];

    public DetectTimings Detect(Picture picture, DetectOptions options, List<Detection> into)
    {
        into.Clear();
        for (int half = 0; half < 2; half++)
        {
            int left = int.MaxValue, right = -1, top = int.MaxValue, bottom = -1;
            for (int y = 0; y < picture.Height; y++)
            {
                Span<byte> row = picture.RowY(y);
                for (int x = half * picture.Width / 2; x < (half + 1) * picture.Width / 2; x++)
                {
                    if (row[x] > Bright)
                    {
                        (left, right) = (Math.Min(left, x), Math.Max(right, x + 1));
                        (top, bottom) = (Math.Min(top, y), Math.Max(bottom, y + 1));
                    }
                }
            }

            if (right > left)
            {
                // A small one is a faint one.
                float score = right - left > 19 ? 0.9f : 0.3f;
                into.Add(new Detection(half, score, new RectF(left, top, right, bottom)));
            }
        }

        return default;
    }

    public void Dispose()
    {
    }
}

/// <summary>Models of tests: white squares as a detector, GrabCut for outlines.</summary>
internal sealed class WhiteModels : IModelHost
{
    public IReadOnlyList<ModelInfo> Models => [];

    public IDetector OpenDetector(string name, out string? problem)
    {
        problem = null;
        return new WhiteSquares();
    }

    public ISegmenter OpenSegmenter(string name, out string? problem)
    {
        problem = null;
        return new GrabCutSegmenter();
    }

    public IClassMapper? OpenClasses(string profile, out string? problem)
    {
        problem = "none";
        return null;
    }

    public void Dispose()
    {
    }
}
