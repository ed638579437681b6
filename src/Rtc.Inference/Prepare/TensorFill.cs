using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Rtc.Inference.Onnx;
using Rtc.Media;
using Rtc.Media.Tensors;

namespace Rtc.Inference.Prepare;

/// <summary>
/// Cuts a rectangle out of an I420 picture, scales it bilinearly, turns it to red, green and blue and writes it
/// as a model wants it, in one pass over the target and with no intermediate picture. Owned by one room's
/// handle and used by one thread at a time; its row buffers are kept.
/// </summary>
internal sealed unsafe class TensorFill
{
    private readonly RowSampler _luma = new();
    private readonly RowSampler _chroma = new();
    private float[] _rows = [];
    private TensorPlan? _plan;
    private TensorSpec? _spec;

    /// <summary>Fills the <paramref name="image"/>-th picture of a batch and says where the source lies in it.</summary>
    public LetterboxMap Fill(Picture picture, RectF source, TensorPlan plan, NativeTensor target, int image = 0)
    {
        long elements = 3L * plan.Width * plan.Height;
        byte* first = target.Memory + (image * elements * TensorTypes.Size(target.Type));
        return source == new RectF(0, 0, picture.Width, picture.Height)
            && TryWhole(picture, plan, target.Type, first, (int)elements, out LetterboxMap map)
            ? map
            : Fill(picture, source, plan, target.Type, first);
    }

    public LetterboxMap Fill(Picture picture, RectF source, TensorPlan plan, TensorType type, byte* first)
    {
        var map = LetterboxMap.For(source, SpecOf(plan));
        int width = map.Width;
        if (_rows.Length < 3 * width)
        {
            _rows = new float[3 * width];
        }

        Span<float> a = _rows.AsSpan(0, width);
        Span<float> b = _rows.AsSpan(width, width);
        Span<float> c = _rows.AsSpan(2 * width, width);
        _luma.Columns(source.Left, source.Width, width, picture.Width);

        // Chroma lies between two luma columns: half the position, half the size.
        _chroma.Columns(source.Left / 2, source.Width / 2, width, picture.ChromaWidth);
        TensorWriter writer = new(plan, type, first);
        double step = (double)source.Height / map.Height;
        double chromaTop = source.Top / 2.0;
        for (int y = 0; y < plan.Height; y++)
        {
            int line = y - map.OffsetY;
            if (line < 0 || line >= map.Height)
            {
                writer.Pad(y, 0, plan.Width);
                continue;
            }

            double at = source.Top + ((line + 0.5) * step) - 0.5;
            double chromaAt = chromaTop + ((line + 0.5) * step / 2) - 0.5;
            _luma.Row(picture.Y, picture.StrideY, picture.Height, at, a);
            _chroma.Row(picture.U, picture.StrideUV, picture.ChromaHeight, chromaAt, b);
            _chroma.Row(picture.V, picture.StrideUV, picture.ChromaHeight, chromaAt, c);
            YuvToRgb.Convert(a, b, c);
            writer.Pad(y, 0, map.OffsetX);
            writer.Pad(y, map.OffsetX + width, plan.Width - map.OffsetX - width);
            writer.Row(y, map.OffsetX, a, b, c);
        }

        return map;
    }

    /// <summary>A whole picture goes the shorter way of Rtc.Media, which needs no fractions of pixels at its edges.</summary>
    private bool TryWhole(Picture picture, TensorPlan plan, TensorType type, byte* first, int elements, out LetterboxMap map)
    {
        TensorSpec spec = SpecOf(plan);
        switch (type)
        {
            case TensorType.Float:
                TensorImage.Letterbox(picture, spec, new Span<float>(first, elements), out map);
                return true;
            case TensorType.Float16:
                TensorImage.Letterbox(picture, spec, new Span<Half>(first, elements), out map);
                return true;
            case TensorType.UInt8:
                TensorImage.Letterbox(picture, spec, new Span<byte>(first, elements), out map);
                return true;
            default:
                map = default;
                return false;
        }
    }

    /// <summary>A handle's plan seldom changes, and the specification is made once for it.</summary>
    private TensorSpec SpecOf(TensorPlan plan)
    {
        if (_spec is null || !ReferenceEquals(plan, _plan))
        {
            _plan = plan;
            _spec = plan.ToSpec();
        }

        return _spec;
    }
}

/// <summary>Colour conversion of rows in place: Y, U, V as floats of 0 to 255 become red, green, blue of 0 to 255.</summary>
internal static class YuvToRgb
{
    // ITU-R BT.601 with studio swing, which is what WebRTC's codecs carry.
    private const float LumaGain = 255f / 219f;
    private const float RedFromV = 1.402f * 255f / 224f;
    private const float GreenFromU = 0.344136f * 255f / 224f;
    private const float GreenFromV = 0.714136f * 255f / 224f;
    private const float BlueFromU = 1.772f * 255f / 224f;

    public static void Convert(Span<float> y, Span<float> u, Span<float> v)
    {
        int step = Vector<float>.Count;
        int i = 0;
        Vector<float> top = new(255f);
        for (; i + step <= y.Length; i += step)
        {
            Vector<float> luma = (new Vector<float>(y[i..]) - new Vector<float>(16)) * LumaGain;
            Vector<float> blue = new Vector<float>(u[i..]) - new Vector<float>(128);
            Vector<float> red = new Vector<float>(v[i..]) - new Vector<float>(128);
            Clamp(luma + (red * RedFromV), top).CopyTo(y[i..]);
            Clamp(luma - (blue * GreenFromU) - (red * GreenFromV), top).CopyTo(u[i..]);
            Clamp(luma + (blue * BlueFromU), top).CopyTo(v[i..]);
        }

        for (; i < y.Length; i++)
        {
            float luma = (y[i] - 16) * LumaGain;
            float blue = u[i] - 128;
            float red = v[i] - 128;
            y[i] = Math.Clamp(luma + (red * RedFromV), 0, 255);
            u[i] = Math.Clamp(luma - (blue * GreenFromU) - (red * GreenFromV), 0, 255);
            v[i] = Math.Clamp(luma + (blue * BlueFromU), 0, 255);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Clamp(Vector<float> value, Vector<float> top) => Vector.Min(Vector.Max(value, Vector<float>.Zero), top);
}

/// <summary>Writes rows of red, green and blue into a tensor's memory in the order and type that a plan says.</summary>
internal readonly unsafe ref struct TensorWriter(TensorPlan plan, TensorType type, byte* first)
{
    public void Row(int y, int x, ReadOnlySpan<float> red, ReadOnlySpan<float> green, ReadOnlySpan<float> blue)
    {
        for (int channel = 0; channel < 3; channel++)
        {
            int colour = plan.Bgr ? 2 - channel : channel;
            ReadOnlySpan<float> row = colour == 0 ? red : colour == 1 ? green : blue;
            (float scale, float bias) = Of(colour);
            if (type == TensorType.Float && !plan.Interleaved)
            {
                Scale(row, scale, bias, new Span<float>((float*)first + Index(channel, y, x), row.Length));
                continue;
            }

            for (int i = 0; i < row.Length; i++)
            {
                Put(Index(channel, y, x + i), (row[i] * scale) + bias);
            }
        }
    }

    public void Pad(int y, int x, int count)
    {
        for (int channel = 0; channel < 3; channel++)
        {
            (float scale, float bias) = Of(plan.Bgr ? 2 - channel : channel);
            float value = (plan.Pad * scale) + bias;
            if (type == TensorType.Float && !plan.Interleaved)
            {
                new Span<float>((float*)first + Index(channel, y, x), count).Fill(value);
                continue;
            }

            for (int i = 0; i < count; i++)
            {
                Put(Index(channel, y, x + i), value);
            }
        }
    }

    private static void Scale(ReadOnlySpan<float> row, float scale, float bias, Span<float> into)
    {
        int step = Vector<float>.Count;
        int i = 0;
        ref float target = ref MemoryMarshal.GetReference(into);
        for (; i + step <= row.Length; i += step)
        {
            Vector<float> value = (new Vector<float>(row[i..]) * scale) + new Vector<float>(bias);
            Unsafe.WriteUnaligned(ref Unsafe.As<float, byte>(ref Unsafe.Add(ref target, i)), value);
        }

        for (; i < row.Length; i++)
        {
            into[i] = (row[i] * scale) + bias;
        }
    }

    private (float Scale, float Bias) Of(int colour) => colour switch
    {
        0 => (plan.Scale.R, plan.Bias.R),
        1 => (plan.Scale.G, plan.Bias.G),
        _ => (plan.Scale.B, plan.Bias.B),
    };

    private long Index(int channel, int y, int x) => plan.Interleaved
        ? ((((long)y * plan.Width) + x) * 3) + channel
        : ((((long)channel * plan.Height) + y) * plan.Width) + x;

    private void Put(long index, float value)
    {
        switch (type)
        {
            case TensorType.Float:
                ((float*)first)[index] = value;
                break;
            case TensorType.Float16:
                ((Half*)first)[index] = (Half)value;
                break;
            case TensorType.UInt8:
                first[index] = (byte)Math.Clamp(MathF.Round(value), 0, 255);
                break;
            case TensorType.Int8:
                ((sbyte*)first)[index] = (sbyte)Math.Clamp(MathF.Round(value), -128, 127);
                break;
            case TensorType.Double:
                ((double*)first)[index] = value;
                break;
            case TensorType.Int32:
                ((int*)first)[index] = (int)MathF.Round(value);
                break;
            default:
                throw new OrtException($"a picture cannot be written as {TensorTypes.Name(type)}");
        }
    }
}
