using Rtc.Inference.Layouts;
using Rtc.Inference.Onnx;
using Rtc.Inference.Prepare;

namespace Rtc.Inference.Running;

/// <summary>Finds a model's picture input and gives free dimensions their sizes.</summary>
internal static class InputShapes
{
    private const int DefaultDetectorSize = 640;
    private const int DefaultSemanticSize = 512;
    private const int DefaultSamSize = 1024;

    // Memory is taken for what a file says: no real model takes a larger picture.
    private const int MaxSide = 8192;

    // A point inside and a box's two corners; and the side of SAM's low-resolution masks.
    private const int PromptPoints = 3;
    private const int LowResolution = 256;

    /// <summary>The first input that can be a picture; false with a reason where there is none.</summary>
    public static bool TryPlan(OrtSession session, out TensorPlan plan, out bool freeSize, out string? problem)
    {
        freeSize = false;
        problem = null;
        foreach (TensorInfo input in session.Inputs)
        {
            if (TryPicture(input, out bool interleaved, out long height, out long width))
            {
                freeSize = height < 0 || width < 0;
                (long freeHeight, long freeWidth) = DefaultSize(session);
                plan = new TensorPlan
                {
                    Width = (int)(width < 0 ? freeWidth : width),
                    Height = (int)(height < 0 ? freeHeight : height),
                    Type = input.Type,
                    Interleaved = interleaved,
                };
                if (TensorTypes.Size(input.Type) == 0
                    || input.Type is TensorType.Bool or TensorType.Int64 or TensorType.Int16 or TensorType.UInt16)
                {
                    problem = $"the picture input is {input}, and a picture cannot be written as {TensorTypes.Name(input.Type)}";
                    return false;
                }

                return true;
            }
        }

        plan = new TensorPlan { Width = LowResolution, Height = LowResolution };
        problem = $"no input takes a picture (1×3×H×W or 1×H×W×3): {string.Join(" ", session.Inputs)}";
        return false;
    }

    public static OrtRun Bind(OrtSession session, int images, TensorPlan plan)
    {
        List<long[]> shapes = [];
        foreach (TensorInfo input in session.Inputs)
        {
            long[] shape = [.. input.Shape];
            if (TryPicture(input, out bool interleaved, out _, out _))
            {
                shape[^(interleaved ? 3 : 2)] = plan.Height;
                shape[^(interleaved ? 2 : 1)] = plan.Width;
            }

            SetPromptSizes(input.Name, shape);
            for (int i = 0; i < shape.Length; i++)
            {
                shape[i] = shape[i] < 0 ? (i == 0 ? images : 1) : shape[i];
            }

            shapes.Add(shape);
        }

        OrtRun run = new(session, shapes);
        FillConstants(session, run, images, plan);
        return run;
    }

    public static bool TryPicture(TensorInfo input, out bool interleaved, out long height, out long width)
    {
        IReadOnlyList<long> shape = input.Shape;
        interleaved = shape.Count is 3 or 4 && shape[^1] == 3 && shape[^3] != 3;
        bool planar = shape.Count == 4 && shape[1] == 3;
        height = interleaved ? shape[^3] : planar ? shape[2] : 0;
        width = interleaved ? shape[^2] : planar ? shape[3] : 0;
        return (interleaved || planar) && height is < 0 or (>= 8 and <= MaxSide) && width is < 0 or (>= 8 and <= MaxSide);
    }

    /// <summary>RT-DETR asks for the size that its boxes shall be given in: that of the input itself.</summary>
    private static unsafe void FillConstants(OrtSession session, OrtRun run, int images, TensorPlan plan)
    {
        for (int i = 0; i < session.Inputs.Count; i++)
        {
            NativeTensor tensor = run.Input(i);
            if (session.Inputs[i].Name.Contains("size", StringComparison.OrdinalIgnoreCase) && tensor.Count == 2 * images)
            {
                for (int image = 0; image < images; image++)
                {
                    switch (tensor.Type)
                    {
                        case TensorType.Int64:
                            ((long*)tensor.Memory)[image * 2] = plan.Width;
                            ((long*)tensor.Memory)[(image * 2) + 1] = plan.Height;
                            break;
                        case TensorType.Float:
                            ((float*)tensor.Memory)[image * 2] = plan.Width;
                            ((float*)tensor.Memory)[(image * 2) + 1] = plan.Height;
                            break;
                        default:
                            break;
                    }
                }
            }
        }
    }

    private static void SetPromptSizes(string name, long[] shape)
    {
        if (name.Contains("point_coords", StringComparison.Ordinal) && shape.Length >= 2)
        {
            shape[^2] = shape[^2] < 0 ? PromptPoints : shape[^2];
            shape[^1] = shape[^1] < 0 ? 2 : shape[^1];
        }
        else if (name.Contains("point_labels", StringComparison.Ordinal) && shape.Length >= 1)
        {
            shape[^1] = shape[^1] < 0 ? PromptPoints : shape[^1];
        }
        else if (name is "mask_input" && shape.Length >= 2)
        {
            shape[^2] = shape[^2] < 0 ? LowResolution : shape[^2];
            shape[^1] = shape[^1] < 0 ? LowResolution : shape[^1];
        }
    }

    /// <summary>Ultralytics writes "imgsz": "[640, 640]" into a model's metadata; the others go by their kind.</summary>
    private static (long Height, long Width) DefaultSize(OrtSession session)
    {
        if (session.Metadata.TryGetValue("imgsz", out string? text))
        {
            long[] sizes = [.. text.Trim('[', ']', ' ').Split(',').Select(part => long.TryParse(part, out long size) ? size : 0)];
            if (sizes.Length == 2 && sizes.All(size => size is >= 32 and <= 4096))
            {
                return (sizes[0], sizes[1]);
            }
        }

        int side = SamEdges.IsEncoder(session.Outputs) || SamEdges.TryDecoder(session.Inputs, session.Outputs, out _) ? DefaultSamSize
            : session.Outputs.Count == 1 && session.Outputs[0].Rank == 4 ? DefaultSemanticSize
            : DefaultDetectorSize;
        return (side, side);
    }
}
