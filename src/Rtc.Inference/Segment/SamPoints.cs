using Rtc.Inference.Onnx;
using Rtc.Media;

namespace Rtc.Inference.Segment;

/// <summary>Writes a prompt into a promptable model's points and labels: a point inside, a box's two corners, padding.</summary>
internal static unsafe class SamPoints
{
    private const float Inside = 1;
    private const float TopLeft = 2;
    private const float BottomRight = 3;
    private const float Padding = -1;

    /// <param name="points">[.., N, 2] of floats.</param>
    /// <param name="labels">[.., N] of floats or integers.</param>
    /// <param name="crop">What the model was shown.</param>
    /// <param name="input">Pixels on a side of the model's picture, which the points are counted in.</param>
    /// <param name="prompt">In the picture's pixels.</param>
    public static void Write(NativeTensor points, NativeTensor labels, in SamCrop crop, int input, in MaskPrompt prompt)
    {
        int room = (int)labels.Count;
        int used = 0;
        float x = prompt.X ?? prompt.Box?.CenterX ?? 0;
        float y = prompt.Y ?? prompt.Box?.CenterY ?? 0;
        if (prompt.Box is { } box)
        {
            // Where there is no room for all three, the corners say more than the point.
            if (room >= 3)
            {
                Put(x, y, Inside, crop);
            }

            Put(box.Left, box.Top, TopLeft, crop);
            Put(box.Right, box.Bottom, BottomRight, crop);
        }
        else
        {
            Put(x, y, Inside, crop);
        }

        while (used < room)
        {
            Set(points, used * 2, 0);
            Set(points, (used * 2) + 1, 0);
            Set(labels, used++, Padding);
        }

        void Put(float px, float py, float label, in SamCrop within)
        {
            if (used < room)
            {
                (float mx, float my) = within.ToModel(px, py, input);
                Set(points, used * 2, mx);
                Set(points, (used * 2) + 1, my);
                Set(labels, used++, label);
            }
        }
    }

    private static void Set(NativeTensor tensor, int index, float value)
    {
        switch (tensor.Type)
        {
            case TensorType.Float:
                ((float*)tensor.Memory)[index] = value;
                break;
            case TensorType.Float16:
                ((Half*)tensor.Memory)[index] = (Half)value;
                break;
            case TensorType.Int64:
                ((long*)tensor.Memory)[index] = (long)MathF.Round(value);
                break;
            case TensorType.Int32:
                ((int*)tensor.Memory)[index] = (int)MathF.Round(value);
                break;
            default:
                throw new OrtException($"points of {TensorTypes.Name(tensor.Type)} are not supported");
        }
    }
}
