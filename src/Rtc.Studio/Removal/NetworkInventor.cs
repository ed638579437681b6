using Rtc.Inference.Graphs;
using Rtc.Inference.Onnx;
using Rtc.Inference.Prepare;
using Rtc.Media;
using Rtc.Studio.Clips;

namespace Rtc.Studio.Removal;

/// <summary>
/// Fills holes with a network that takes a picture and a mask (LaMa): the hole and as much around it, scaled to what the network takes.
/// Owns the graph; for one thread.
/// </summary>
internal sealed class NetworkInventor : IBackgroundInventor
{
    public const string EngineName = "lama";

    // Where the file leaves the size open it has to be a multiple of this, and a processor's memory has to hold it.
    private const int Multiple = 8;
    private const int MaxSide = 512;

    // What is shown around a hole, as a share of it and in pixels.
    private const float Margin = 0.75f;
    private const int MinMargin = 48;

    // Numbers beyond it are of 0 to 255, not of 0 to 1.
    private const float MaxUnit = 2;

    private readonly ModelGraph _graph;
    private readonly int _picture;
    private readonly int _mask;
    private bool _isBroken;

    public NetworkInventor(ModelGraph graph)
    {
        _graph = graph;
        _mask = graph.FindInput("mask");
        _picture = 1 - _mask;
    }

    /// <summary>The one without weights, where that had to take over.</summary>
    public string Name => _isBroken ? TeleaInventor.EngineName : EngineName;

    public void Invent(Picture picture, byte[] open)
    {
        if (Around(picture, open) is not { } region)
        {
            return;
        }

        try
        {
            if (!_isBroken)
            {
                Run(picture, open, region);
                return;
            }
        }
        catch (OrtException)
        {
            _isBroken = true;
        }

        TeleaInventor.Fill(picture, open);
    }

    public void Dispose() => _graph.Dispose();

    private void Run(Picture picture, byte[] open, RectF region)
    {
        IReadOnlyList<long> shape = _graph.Inputs[_picture].Shape;
        int width = Side(shape[3], region.Width);
        int height = Side(shape[2], region.Height);
        var plan = new TensorPlan { Width = width, Height = height, Fit = Fit.Stretch, Scale = TensorPlan.Unit };
        long[][] shapes = new long[2][];
        (shapes[_picture], shapes[_mask]) = ([1, 3, height, width], [1, 1, height, width]);
        _graph.Bind(shapes);
        _graph.Write(_picture, picture, region, plan);
        _graph.Write(_mask, Mask(picture, open, region, width, height));
        _graph.Run(CancellationToken.None);
        ReadOnlySpan<float> made = _graph.Floats(0);
        if (made.Length != 3 * width * height)
        {
            throw new OrtException($"{_graph.File.Name} gives {made.Length} numbers for a picture of {width}×{height}");
        }

        Put(made, width, height, picture, open, region);
    }

    /// <summary>The hole with what is around it; null where there is none.</summary>
    private static RectF? Around(Picture picture, byte[] open)
    {
        (int left, int top, int right, int bottom) = (picture.Width, picture.Height, -1, -1);
        for (int y = 0; y < picture.Height; y++)
        {
            ReadOnlySpan<byte> row = open.AsSpan(y * picture.Width, picture.Width);
            if (row.IndexOf((byte)1) is >= 0 and var first)
            {
                (left, right) = (Math.Min(left, first), Math.Max(right, row.LastIndexOf((byte)1)));
                (top, bottom) = (Math.Min(top, y), y);
            }
        }

        if (bottom < 0)
        {
            return null;
        }

        float margin = Math.Max(MinMargin, Margin * Math.Max(right - left, bottom - top));
        return new RectF(
            MathF.Floor(left - margin), MathF.Floor(top - margin), MathF.Ceiling(right + 1 + margin), MathF.Ceiling(bottom + 1 + margin))
            .ClipTo(picture.Width, picture.Height);
    }

    private static int Side(long declared, float wanted) => declared > 0
        ? (int)declared
        : Math.Clamp((int)MathF.Ceiling(wanted / Multiple) * Multiple, Multiple, MaxSide);

    private static float[] Mask(Picture picture, byte[] open, RectF region, int width, int height)
    {
        float[] mask = new float[width * height];
        for (int y = 0; y < height; y++)
        {
            // Rows and columns that fall upon a pixel in part are open where it is: rather too much than an edge of the object.
            (int top, int bottom) = Covered(region.Top, region.Height, y, height, picture.Height);
            for (int x = 0; x < width; x++)
            {
                (int left, int right) = Covered(region.Left, region.Width, x, width, picture.Width);
                for (int py = top; py < bottom; py++)
                {
                    if (open.AsSpan((py * picture.Width) + left, right - left).Contains((byte)1))
                    {
                        mask[(y * width) + x] = 1;
                        break;
                    }
                }
            }
        }

        return mask;
    }

    private static (int From, int To) Covered(float start, float extent, int at, int count, int limit)
    {
        int from = Math.Clamp((int)(start + (at * extent / count)), 0, limit - 1);
        return (from, Math.Clamp((int)MathF.Ceiling(start + ((at + 1) * extent / count)), from + 1, limit));
    }

    private static void Put(ReadOnlySpan<float> made, int width, int height, Picture picture, byte[] open, RectF region)
    {
        int plane = width * height;
        float scale = MaxOf(made) > MaxUnit ? 1 : byte.MaxValue;
        for (int y = (int)region.Top; y < (int)region.Bottom; y++)
        {
            for (int x = (int)region.Left; x < (int)region.Right; x++)
            {
                if (open[(y * picture.Width) + x] == 0)
                {
                    continue;
                }

                (float mx, float my) = ((x + 0.5f - region.Left) / region.Width, (y + 0.5f - region.Top) / region.Height);
                float red = scale * MapSample.At(made[..plane], width, height, mx, my);
                float green = scale * MapSample.At(made.Slice(plane, plane), width, height, mx, my);
                float blue = scale * MapSample.At(made.Slice(2 * plane, plane), width, height, mx, my);

                // BT.601, limited range.
                picture.RowY(y)[x] = Level(16 + (0.257f * red) + (0.504f * green) + (0.098f * blue));
                picture.RowU(y / 2)[x / 2] = Level(128 - (0.148f * red) - (0.291f * green) + (0.439f * blue));
                picture.RowV(y / 2)[x / 2] = Level(128 + (0.439f * red) - (0.368f * green) - (0.071f * blue));
            }
        }
    }

    private static float MaxOf(ReadOnlySpan<float> values)
    {
        float max = 0;
        foreach (float value in values)
        {
            max = Math.Max(max, value);
        }

        return max;
    }

    private static byte Level(float value) => (byte)Math.Clamp((int)(value + 0.5f), 0, 255);
}
