using System.Diagnostics;
using Rtc.Inference.Layouts;
using Rtc.Inference.Onnx;
using Rtc.Inference.Prepare;
using Rtc.Inference.Running;
using Rtc.Media;

namespace Rtc.Inference.Segment;

/// <summary>
/// A room's handle on a semantic model: gives a class for every place, and as a segmenter the outline of whatever
/// class a prompt's box or point is mostly on.
/// </summary>
public sealed class SemanticSegmenter : ISegmenter, IClassMapper
{
    private const int Background = 0;

    // What is looked at around a box, as a share of it: its outline may lie a little outside.
    private const float Margin = 0.1f;

    // The difference of scores that is a certain edge.
    private const float Softness = 2f;

    private readonly ModelHandle _handle;
    private readonly TensorFill _fill = new();
    private readonly InferenceRequest _request = new() { Alone = true };
    private readonly ClassMap _map = new();
    private readonly int _side;
    private readonly ClassHysteresis? _hysteresis;
    private float[] _margin = [];
    private SemanticLayout? _whole;
    private SemanticLayout? _layout;
    private float _scale;

    /// <param name="handle">Becomes this one's own.</param>
    /// <param name="side">The picture's side where the model leaves it free; 0 takes the model's usual one.</param>
    /// <param name="steady">Holds the map against flicker from picture to picture.</param>
    internal SemanticSegmenter(ModelHandle handle, int side = 0, bool steady = false)
    {
        _handle = handle;
        _side = side;
        _hysteresis = steady ? new ClassHysteresis() : null;
    }

    public string Model => _handle.Model.Name;

    public string Provider => Providers.Name(_handle.Model.Provider);

    public IReadOnlyList<string> ClassNames => _handle.Model.ClassNames;

    public double WaitTime { get; private set; }

    public double RunTime => _request.RunTime;

    /// <summary>The class of every place in the picture; the map is kept and written anew each time.</summary>
    public bool TryMap(Picture picture, out ClassMap map, out string? problem) => TryMap(picture, 1, out map, out problem);

    /// <inheritdoc/>
    public bool TryMap(Picture picture, float inputScale, out ClassMap map, out string? problem)
    {
        map = _map;
        OrtException? failure = Write(picture, inputScale);
        if (failure is not null && _handle.TryRecover(failure))
        {
            failure = Write(picture, inputScale);
        }

        problem = failure?.Message;
        return failure is null;
    }

    public bool TrySegment(Picture picture, in MaskPrompt prompt, out Mask? mask)
    {
        mask = null;
        if (!TryMap(picture, out _, out _) || _layout is not { } layout)
        {
            return false;
        }

        RectF whole = new(0, 0, picture.Width, picture.Height);
        int wanted = prompt.Box is { } box ? Dominant(box, picture) : At(prompt.X ?? -1, prompt.Y ?? -1, picture);
        if (wanted <= Background)
        {
            return false;
        }

        RectF region = prompt.Box is { } near
            ? new RectF(
                near.Left - (Margin * near.Width), near.Top - (Margin * near.Height), near.Right + (Margin * near.Width),
                near.Bottom + (Margin * near.Height)).ClipTo(picture.Width, picture.Height)
            : whole;
        if (region.Width < 1 || region.Height < 1)
        {
            return false;
        }

        Margins(layout, wanted);
        mask = MaskLift.Lift(_margin, layout.Width, layout.Height, whole, region, Softness);
        if (MaskLift.HasSubject(mask))
        {
            return true;
        }

        mask = null;
        return false;
    }

    public void Dispose() => _handle.Dispose();

    /// <summary>Writes the map; null where it went well.</summary>
    private OrtException? Write(Picture picture, float inputScale)
    {
        try
        {
            OrtRun run = Run(picture, inputScale);
            Choose(_layout!, run, picture);
            return null;
        }
        catch (OrtException failure)
        {
            return failure;
        }
    }

    private OrtRun Run(Picture picture, float inputScale)
    {
        _handle.Follow();
        SemanticLayout whole = _handle.Model.Kind is ModelKind.Semantic semantic
            ? semantic.Layout
            : throw new OrtException($"{_handle.Model.Name} is no semantic model any more");
        SemanticLayout layout = LayoutFor(whole, inputScale);
        OrtRun run = _handle.Bind(layout.Plan);
        _fill.Fill(picture, new RectF(0, 0, picture.Width, picture.Height), layout.Plan, _handle.PictureInput);
        _request.Binding = run;
        long began = Stopwatch.GetTimestamp();
        _handle.Execute(_request);
        WaitTime = Math.Max(0, Stopwatch.GetElapsedTime(began).TotalMilliseconds - _request.RunTime);
        ReadOnlySpan<long> shape = run.Shape(layout.Output);
        if (!layout.Fits(shape))
        {
            _layout = layout.Resized(shape);
            _hysteresis?.Reset();
        }

        return run;
    }

    /// <summary>The same object, and so the same plan, as long as nothing changed.</summary>
    private SemanticLayout LayoutFor(SemanticLayout whole, float inputScale)
    {
        const int multiple = 32;
        float scale = _handle.Model.FreeSize ? Math.Clamp(inputScale, 0.1f, 1) : 1;
        if (_layout is not null && ReferenceEquals(whole, _whole) && scale == _scale)
        {
            return _layout;
        }

        if (!ReferenceEquals(whole, _whole))
        {
            // Another model, with other classes.
            _hysteresis?.Reset();
        }

        (_whole, _scale) = (whole, scale);
        int width = _side > 0 && _handle.Model.FreeSize ? _side : whole.Plan.Width;
        int height = _side > 0 && _handle.Model.FreeSize ? _side : whole.Plan.Height;
        width = scale == 1 ? width : Math.Max(multiple, (int)MathF.Round(width * scale / multiple) * multiple);
        height = scale == 1 ? height : Math.Max(multiple, (int)MathF.Round(height * scale / multiple) * multiple);
        return _layout = (width, height) == (whole.Plan.Width, whole.Plan.Height)
            ? whole
            : whole with { Plan = whole.Plan with { Width = width, Height = height } };
    }

    private void Choose(SemanticLayout layout, OrtRun run, Picture picture)
    {
        int places = layout.Width * layout.Height;
        ReadOnlySpan<float> scores = run.Floats(layout.Output);
        if (scores.Length < Math.Max(1, layout.ClassCount) * (long)places)
        {
            throw new OrtException($"{_handle.Model.Name} gave {scores.Length} numbers for a map of {layout.Width}×{layout.Height}");
        }

        _map.Resize(layout.Width, layout.Height);
        byte[] classes = _map.Classes;
        ClassScores all = new(scores, layout.ClassCount, places, layout.Interleaved);
        if (layout.ClassCount > 0)
        {
            all.Choose(classes);
        }
        else
        {
            for (int i = 0; i < places; i++)
            {
                classes[i] = (byte)Math.Clamp(scores[i], 0, 255);
            }
        }

        _hysteresis?.Settle(_map, all, picture);
    }

    /// <summary>How far ahead of the best other class the wanted one is, at every place.</summary>
    private void Margins(SemanticLayout layout, int wanted)
    {
        int places = layout.Width * layout.Height;
        if (_margin.Length < places)
        {
            _margin = new float[places];
        }

        if (layout.ClassCount == 0)
        {
            for (int i = 0; i < places; i++)
            {
                _margin[i] = _map.Classes[i] == wanted ? Softness : -Softness;
            }

            return;
        }

        ReadOnlySpan<float> scores = _request.Binding!.Floats(layout.Output);
        (int step, int next) = layout.Interleaved ? (1, layout.ClassCount) : (places, 1);
        for (int i = 0; i < places; i++)
        {
            float other = float.MinValue;
            for (int c = 0; c < layout.ClassCount; c++)
            {
                if (c != wanted)
                {
                    other = Math.Max(other, scores[(i * next) + (c * step)]);
                }
            }

            float margin = scores[(i * next) + (wanted * step)] - other;

            // Probabilities differ by one at most where logits differ by many.
            _margin[i] = layout.ClassCount == 2 ? margin * Softness : margin;
        }
    }

    private int Dominant(in RectF box, Picture picture)
    {
        // The middle of the box, where the subject is most likely to be.
        const float middle = 0.15f;
        Span<int> count = stackalloc int[256];
        int left = Scale(box.Left + (middle * box.Width), picture.Width, _map.Width);
        int right = Scale(box.Right - (middle * box.Width), picture.Width, _map.Width);
        int top = Scale(box.Top + (middle * box.Height), picture.Height, _map.Height);
        int bottom = Scale(box.Bottom - (middle * box.Height), picture.Height, _map.Height);
        int best = Background;
        count.Clear();
        for (int y = top; y <= bottom; y++)
        {
            for (int x = left; x <= right; x++)
            {
                byte found = _map.Classes[(y * _map.Width) + x];
                if (found != Background && (++count[found] > count[best] || best == Background))
                {
                    best = found;
                }
            }
        }

        return best;
    }

    private int At(float x, float y, Picture picture) => x < 0 || y < 0 || x >= picture.Width || y >= picture.Height
        ? Background
        : _map.Classes[(Scale(y, picture.Height, _map.Height) * _map.Width) + Scale(x, picture.Width, _map.Width)];

    private static int Scale(float at, int from, int to) => Math.Clamp((int)(at / from * to), 0, to - 1);
}
