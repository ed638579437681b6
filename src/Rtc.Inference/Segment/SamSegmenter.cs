using Rtc.Inference.Layouts;
using Rtc.Inference.Onnx;
using Rtc.Inference.Prepare;
using Rtc.Inference.Running;
using Rtc.Media;

namespace Rtc.Inference.Segment;

/// <summary>
/// Cuts out what a prompt points at with a promptable model: the target's crop is encoded once, the prompt decoded,
/// the best of the masks offered is put back into the picture. With a decoder of its own, or all in one model.
/// </summary>
internal sealed class SamSegmenter : ISegmenter
{
    // Logits of a few units are certain.
    private const float Softness = 1.5f;

    /// <summary>What the model is shown.</summary>
    private enum Sight
    {
        /// <summary>The prompt's surroundings.</summary>
        Crop,

        /// <summary>The whole picture.</summary>
        Whole,

        /// <summary>The whole picture, which it has seen already.</summary>
        Encoded,
    }

    private readonly string _name;
    private readonly ModelHandle _encoder;
    private readonly ModelHandle? _decoder;
    private readonly TensorFill _fill = new();
    private readonly InferenceRequest _encode = new() { Alone = true };
    private readonly InferenceRequest _decode = new() { Alone = true };
    private OrtRun? _encoded;

    /// <param name="name">What the pair is called.</param>
    /// <param name="encoder">Takes the picture; becomes this segmenter's own.</param>
    /// <param name="decoder">Takes the prompt; null where the encoder does that too.</param>
    public SamSegmenter(string name, ModelHandle encoder, ModelHandle? decoder)
    {
        _name = name;
        _encoder = encoder;
        _decoder = decoder;
    }

    public string Model => _name;

    /// <summary>SAM 2's encoder gives finer features beside the embedding; one without a decoder is EfficientSAM's kind.</summary>
    public string Family => _decoder is null ? "efficientsam"
        : _encoder.Model.Session.Outputs.Any(output => output.Name.Contains("high_res", StringComparison.OrdinalIgnoreCase)) ? "sam2"
        : "sam";

    public string Provider => Providers.Name(_encoder.Model.Provider);

    public bool TrySegment(Picture picture, in MaskPrompt prompt, out Mask? mask) => TrySegment(picture, prompt, out mask, Sight.Crop);

    private bool TrySegment(Picture picture, in MaskPrompt prompt, out Mask? mask, Sight sight)
    {
        mask = null;
        if (prompt.Box is null && (prompt.X is null || prompt.Y is null))
        {
            return false;
        }

        try
        {
            return TryOnce(picture, prompt, out mask, sight);
        }
        catch (OrtException failure)
        {
            return (_encoder.TryRecover(failure) || _decoder?.TryRecover(failure) == true)
                && TryOnceMore(picture, prompt, out mask, sight == Sight.Encoded ? Sight.Whole : sight);
        }
    }

    /// <summary>With a decoder of its own the whole picture is encoded once, and each box decoded from that.</summary>
    public IReadOnlyList<Mask?> SegmentAll(Picture picture, IReadOnlyList<MaskPrompt> prompts)
    {
        var masks = new Mask?[prompts.Count];
        for (int i = 0; i < masks.Length; i++)
        {
            MaskPrompt prompt = prompts[i];
            if (_decoder is null || i == 0)
            {
                TrySegment(picture, prompt, out masks[i], _decoder is null ? Sight.Crop : Sight.Whole);
            }
            else
            {
                TrySegment(picture, prompt, out masks[i], Sight.Encoded);
            }
        }

        return masks;
    }

    public void Dispose()
    {
        _encoder.Dispose();
        _decoder?.Dispose();
    }

    private bool TryOnceMore(Picture picture, in MaskPrompt prompt, out Mask? mask, Sight sight)
    {
        mask = null;
        try
        {
            return TryOnce(picture, prompt, out mask, sight);
        }
        catch (OrtException)
        {
            return false;
        }
    }

    private bool TryOnce(Picture picture, in MaskPrompt prompt, out Mask? mask, Sight sight)
    {
        mask = null;
        _encoder.Follow();
        _decoder?.Follow();
        TensorPlan plan = _encoder.Model.Kind switch
        {
            ModelKind.SamEncoder encoder => encoder.Plan,
            ModelKind.SamWhole whole => whole.Plan,
            _ => throw new OrtException($"{_encoder.Model.Name} is no promptable model any more"),
        };
        SamCrop crop = sight == Sight.Crop && prompt.Box is { } box
            ? SamCrop.Around(box.ClipTo(picture.Width, picture.Height), picture.Width, picture.Height)
            : SamCrop.Whole(picture.Width, picture.Height);
        OrtRun seen = _encoder.Bind(plan);

        // A newer model that came in between has seen nothing yet.
        bool isEncoded = sight == Sight.Encoded && ReferenceEquals(seen, _encoded);
        if (!isEncoded)
        {
            _encoded = null;
            _fill.Fill(picture, crop.Square, plan, _encoder.PictureInput);
        }

        OrtRun decoded = _decoder is null
            ? RunWhole(seen, crop, plan.Width, prompt, out SamEdges edges)
            : RunDecoder(_decoder, seen, isEncoded, crop, plan.Width, prompt, out edges);
        (int offset, int width, int height) = Best(decoded, edges);
        mask = MaskLift.Lift(decoded.Floats(edges.Masks).Slice(offset, width * height), width, height, crop.Square, crop.Inside, Softness);
        if (MaskLift.HasSubject(mask))
        {
            return true;
        }

        mask = null;
        return false;
    }

    /// <summary>One model that takes the picture and the prompt.</summary>
    private OrtRun RunWhole(OrtRun seen, SamCrop crop, int side, in MaskPrompt prompt, out SamEdges edges)
    {
        edges = ((ModelKind.SamWhole)_encoder.Model.Kind).Edges;
        SamPoints.Write(seen.Input(edges.Points), seen.Input(edges.Labels), crop, side, prompt);
        Execute(_encoder, _encode, seen);
        return seen;
    }

    /// <summary>What the encoder made of the picture, by the decoder of the prompt.</summary>
    private OrtRun RunDecoder(
        ModelHandle handle, OrtRun seen, bool isEncoded, SamCrop crop, int side, in MaskPrompt prompt, out SamEdges edges)
    {
        if (!isEncoded)
        {
            Execute(_encoder, _encode, seen);
            _encoded = seen;
        }

        if (handle.Model.Kind is not ModelKind.SamDecoder decoder)
        {
            throw new OrtException($"{handle.Model.Name} is no decoder any more");
        }

        edges = decoder.Edges;
        OrtRun decoded = handle.Bind(decoder.Plan);
        HandOver(seen, decoded);
        SamPoints.Write(decoded.Input(edges.Points), decoded.Input(edges.Labels), crop, side, prompt);
        Execute(handle, _decode, decoded);
        return decoded;
    }

    private static void Execute(ModelHandle handle, InferenceRequest request, OrtRun binding)
    {
        request.Binding = binding;
        handle.Execute(request);
    }

    /// <summary>The encoder's outputs into the decoder's inputs of the same name, or of the one word that they share.</summary>
    private unsafe void HandOver(OrtRun from, OrtRun to)
    {
        IReadOnlyList<TensorInfo> outputs = _encoder.Model.Session.Outputs;
        IReadOnlyList<TensorInfo> inputs = _decoder!.Model.Session.Inputs;
        for (int i = 0; i < inputs.Count; i++)
        {
            int match = Match(inputs[i].Name, outputs);
            if (match < 0)
            {
                continue;
            }

            NativeTensor target = to.Input(i);
            ReadOnlySpan<float> values = from.Floats(match);
            if (values.Length != target.Count || target.Type != TensorType.Float)
            {
                throw new OrtException($"{outputs[match]} of the encoder does not fit {inputs[i]} of the decoder");
            }

            values.CopyTo(new Span<float>(target.Memory, values.Length));
        }
    }

    private static int Match(string input, IReadOnlyList<TensorInfo> outputs)
    {
        for (int i = 0; i < outputs.Count; i++)
        {
            if (outputs[i].Name.Equals(input, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        bool embedding = input.Contains("embed", StringComparison.OrdinalIgnoreCase);
        for (int i = 0; embedding && i < outputs.Count; i++)
        {
            if (outputs[i].Name.Contains("embed", StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Where the mask starts that the model itself thinks most of.</summary>
    private static (int Offset, int Width, int Height) Best(OrtRun run, SamEdges edges)
    {
        ReadOnlySpan<long> shape = run.Shape(edges.Masks);
        int width = (int)shape[^1];
        int height = (int)shape[^2];
        int masks = shape.Length > 2 ? (int)shape[^3] : 1;
        int best = 0;
        if (edges.Quality >= 0 && masks > 1)
        {
            ReadOnlySpan<float> quality = run.Floats(edges.Quality);
            for (int i = 1; i < Math.Min(masks, quality.Length); i++)
            {
                best = quality[i] > quality[best] ? i : best;
            }
        }

        return (best * width * height, width, height);
    }
}
