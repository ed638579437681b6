using Rtc.Inference;
using Rtc.Inference.Graphs;
using Rtc.Inference.Onnx;
using Rtc.Inference.Prepare;
using Rtc.Media;
using Rtc.Studio.Clips;

namespace Rtc.Studio.Masks;

/// <summary>
/// Outlines by SAM 2 with its memory: a picture's features are seen in the light of the pictures before it, so that the object is told
/// from its likes and known again after it was hidden. Owns the models; for one clip and one thread.
/// </summary>
internal sealed class MemoryOutline : IOutlineEngine
{
    public const string EngineName = "sam2";

    private const float Inside = 1;
    private const float TopLeft = 2;
    private const float BottomRight = 3;
    private const float Nothing = -1;
    private const int Side = 1024;

    // What the decoder's mask for the memory is where it is sure.
    private const float MaskLevel = 10;

    // Less of a picture is no object.
    private const int MinArea = 8;

    private readonly VideoGraphs _graphs;
    private readonly MemoryBank _bank = new();
    private readonly TensorPlan _plan;
    private float[] _codes = [];
    private bool _isAtStart;

    public MemoryOutline(VideoGraphs graphs)
    {
        _graphs = graphs;
        IReadOnlyList<long> shape = graphs.Encoder.Inputs[0].Shape;
        _plan = new TensorPlan
        {
            Width = shape[3] > 0 ? (int)shape[3] : Side, Height = shape[2] > 0 ? (int)shape[2] : Side, Fit = Fit.Stretch,
        }.ImageNet();
    }

    public string Name => EngineName;

    public bool FindsAgain => true;

    public bool TryStart(Picture picture, in MaskPrompt prompt, ClipMask? moving, ClipMask into)
    {
        (float X, float Y, float Label)[] points = prompt.Box is { } box
            ? [(box.Left, box.Top, TopLeft), (box.Right, box.Bottom, BottomRight)]
            : [(prompt.X!.Value, prompt.Y!.Value, Inside)];
        Encode(picture);
        Decode(picture, points, isRemembering: false);
        if (!TryRead(into))
        {
            return false;
        }

        _bank.Begin(Remember(null));
        return true;
    }

    public bool TryFollow(Picture picture, ClipMask carried, bool isLoose, ClipMask into)
    {
        if (_isAtStart)
        {
            // The walk begins with the picture of the prompt, which is remembered already.
            _isAtStart = false;
            into.CopyFrom(carried);
            return true;
        }

        if (_bank.IsEmpty)
        {
            return TryBegin(picture, carried, into);
        }

        Encode(picture);
        Attend();
        Decode(picture, [(0, 0, Nothing)], isRemembering: true);
        if (!TryRead(into))
        {
            return false;
        }

        _bank.Add(Remember(null));
        return true;
    }

    public void Restart()
    {
        _bank.Rewind();
        _isAtStart = !_bank.IsEmpty;
    }

    public void Dispose() => _graphs.Dispose();

    /// <summary>From an outline that was made otherwise: its box says what the object is, and it itself where.</summary>
    private bool TryBegin(Picture picture, ClipMask outline, ClipMask into)
    {
        if (outline.Bounds() is not { } box)
        {
            return false;
        }

        Encode(picture);
        Decode(picture, [(box.Left, box.Top, TopLeft), (box.Right, box.Bottom, BottomRight)], isRemembering: false);
        _bank.Begin(Remember(outline));
        into.CopyFrom(outline);
        return true;
    }

    private void Encode(Picture picture)
    {
        ModelGraph encoder = _graphs.Encoder;
        encoder.Bind([1, 3, _plan.Height, _plan.Width]);
        encoder.Write(0, picture, new RectF(0, 0, picture.Width, picture.Height), _plan);
        encoder.Run(CancellationToken.None);
    }

    /// <summary>The picture's features in the light of what is remembered.</summary>
    private void Attend()
    {
        ModelGraph attention = _graphs.Attention;
        int channels = Channels;
        float[] positions = _bank.Positions(_codes, channels);
        float[] pointers = _bank.PointerTokens();
        int features = attention.FindInput("memory_1");
        int flat = features < 0 ? Required(attention, attention.FindInput("memory"), "memory") : -1;
        long[][] shapes = [.. attention.Inputs.Select(input => input.Shape.ToArray())];
        Dictionary<int, float[]> values = new()
        {
            [Required(attention, attention.FindInput("memory_pos"), "memory_pos_embed")] = positions,
        };
        shapes[values.Keys.Single()] = [positions.Length / channels, 1, channels];
        if (features >= 0)
        {
            int pointer = Required(attention, attention.FindInput("memory_0"), "memory_0");
            values[features] = _bank.FeatureTokens();
            values[pointer] = pointers;
            shapes[features] = [_bank.Pictures, .. _graphs.Memory.Shape(MemoryFeatures)[1..]];
            shapes[pointer] = [_bank.Pointers, pointers.Length / _bank.Pointers];
        }
        else
        {
            values[flat] = _bank.Tokens(channels);
            shapes[flat] = [values[flat].Length / channels, 1, channels];
        }

        if (attention.FindInput("num_obj_ptr") is >= 0 and var count)
        {
            values[count] = [_bank.Pointers];
            shapes[count] = [1];
        }

        attention.Bind(shapes);
        foreach ((int input, float[] numbers) in values)
        {
            attention.Write(input, numbers);
        }

        HandOver(_graphs.Encoder, "vision_feat", attention, "current_vision_feat");
        HandOver(_graphs.Encoder, "vision_pos_embed", attention, "current_vision_pos");
        attention.Run(CancellationToken.None);
    }

    private void Decode(Picture picture, (float X, float Y, float Label)[] points, bool isRemembering)
    {
        ModelGraph decoder = _graphs.Decoder;
        int places = Required(decoder, decoder.FindInput("point_coords"), "point_coords");
        int labels = Required(decoder, decoder.FindInput("point_labels"), "point_labels");
        long[][] shapes = [.. decoder.Inputs.Select(input => input.Shape.Select(extent => Math.Max(1, extent)).ToArray())];
        shapes[places] = [1, points.Length, 2];
        shapes[labels] = [1, points.Length];
        decoder.Bind(shapes);
        decoder.Write(places, [.. points.SelectMany(point => (float[])
            [point.X * _plan.Width / picture.Width, point.Y * _plan.Height / picture.Height])]);
        decoder.Write(labels, [.. points.Select(point => point.Label)]);
        if (decoder.FindInput("frame_size") is >= 0 and var size)
        {
            decoder.Write(size, [picture.Height, picture.Width]);
        }

        HandOver(isRemembering ? _graphs.Attention : _graphs.Encoder, isRemembering ? "embed" : "vision_feat", decoder, "image_embed");
        HandOver(_graphs.Encoder, "feat0", decoder, "feats_0");
        HandOver(_graphs.Encoder, "feat1", decoder, "feats_1");
        decoder.Run(CancellationToken.None);
    }

    /// <param name="outline">In place of the decoder's own mask; null: that one.</param>
    private PictureMemory Remember(ClipMask? outline)
    {
        ModelGraph memory = _graphs.Memory;
        memory.Bind([.. memory.Inputs.Select(input => input.Shape.Select(extent => Math.Max(1, extent)).ToArray())]);
        if (outline is null)
        {
            HandOver(_graphs.Decoder, "mask_for_mem", memory, "mask_for_mem");
        }
        else
        {
            int mask = Required(memory, memory.FindInput("mask_for_mem"), "mask_for_mem");
            memory.Write(mask, Levels(outline, memory.Inputs[mask].Shape));
        }

        HandOver(_graphs.Encoder, "pix_feat", memory, "pix_feat");
        memory.Run(CancellationToken.None);
        int codes = Required(memory, memory.FindOutput("temporal", "tpos"), "temporal_code");
        int positions = Required(memory, memory.FindOutput("pos_enc"), "maskmem_pos_enc");
        _codes = memory.Floats(codes).ToArray();
        return new PictureMemory(
            memory.Floats(MemoryFeatures).ToArray(), ByPlaces(memory.Floats(positions), memory.Shape(positions)),
            _graphs.Decoder.Floats(Required(_graphs.Decoder, _graphs.Decoder.FindOutput("obj_ptr"), "obj_ptr")).ToArray());
    }

    /// <summary>An outline as the memory is given masks.</summary>
    private static float[] Levels(ClipMask outline, IReadOnlyList<long> shape)
    {
        (int width, int height) = ((int)shape[3], (int)shape[2]);
        float[] levels = new float[width * height];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                bool isInside = outline.IsInside(x * outline.Width / width, y * outline.Height / height);
                levels[(y * width) + x] = isInside ? MaskLevel : -MaskLevel;
            }
        }

        return levels;
    }

    private int MemoryFeatures => Required(_graphs.Memory, _graphs.Memory.FindOutput("features"), "maskmem_features");

    private int Channels => (int)_graphs.Memory.Shape(MemoryFeatures)[1];

    /// <summary>Codes of places come as places by channels, or as the map that they are of.</summary>
    private static float[] ByPlaces(ReadOnlySpan<float> codes, ReadOnlySpan<long> shape)
    {
        if (shape.Length < 4)
        {
            return codes.ToArray();
        }

        int channels = (int)shape[1];
        int places = codes.Length / channels;
        float[] turned = new float[codes.Length];
        for (int place = 0; place < places; place++)
        {
            for (int channel = 0; channel < channels; channel++)
            {
                turned[(place * channels) + channel] = codes[(channel * places) + place];
            }
        }

        return turned;
    }

    private bool TryRead(ClipMask into)
    {
        ModelGraph decoder = _graphs.Decoder;
        int output = Required(decoder, decoder.FindOutput("pred_mask", "low_res"), "pred_mask");
        ReadOnlySpan<long> shape = decoder.Shape(output);
        (int width, int height) = ((int)shape[^1], (int)shape[^2]);
        LogitMap.Read(decoder.Floats(output)[..(width * height)], width, height, into);
        return into.Area() >= MinArea;
    }

    private static void HandOver(ModelGraph from, string output, ModelGraph to, string input) => to.Write(
        Required(to, to.FindInput(input), input), from.Floats(Required(from, from.FindOutput(output), output)));

    private static int Required(ModelGraph graph, int index, string edge) =>
        index >= 0 ? index : throw new OrtException($"{graph.File.Name} has no {edge}");
}
