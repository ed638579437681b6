namespace Rtc.Media.Tensors;

/// <summary>
/// Brings a picture into a model's input in one pass: scaled, padded, turned into RGB or BGR, normalised, laid out.
/// Nothing is allocated after the first call of a thread with a given size.
/// </summary>
public static unsafe class TensorImage
{
    public static void Letterbox(in PictureView picture, TensorSpec spec, Span<float> tensor, out LetterboxMap map)
    {
        Require(spec, tensor.Length);
        fixed (float* target = tensor)
        {
            Write(picture, spec, new FloatStore(target, spec), out map);
        }
    }

    public static void Letterbox(in PictureView picture, TensorSpec spec, Span<Half> tensor, out LetterboxMap map)
    {
        Require(spec, tensor.Length);
        fixed (Half* target = tensor)
        {
            Write(picture, spec, new HalfStore(target, spec), out map);
        }
    }

    /// <summary>For models that take bytes; mean and scale are applied, the result rounded and clamped.</summary>
    public static void Letterbox(in PictureView picture, TensorSpec spec, Span<byte> tensor, out LetterboxMap map)
    {
        Require(spec, tensor.Length);
        fixed (byte* target = tensor)
        {
            Write(picture, spec, new ByteStore(target, spec), out map);
        }
    }

    /// <summary>Only the part under <paramref name="region"/> (grown to even pixels); the map leads back into the whole picture.</summary>
    public static void Letterbox(in PictureView picture, RectF region, TensorSpec spec, Span<float> tensor, out LetterboxMap map)
    {
        PictureView part = picture.Crop(region);
        Letterbox(part, spec, tensor, out map);
        long offset = part.Y - picture.Y;
        map = map with { OriginX = offset % picture.StrideY, OriginY = offset / picture.StrideY };
    }

    private static void Require(TensorSpec spec, int length)
    {
        if (length < spec.Elements)
        {
            throw new ArgumentException($"a tensor of {spec.Width}×{spec.Height}×3 needs {spec.Elements} elements, not {length}");
        }
    }

    private static void Write<TStore>(in PictureView picture, TensorSpec spec, TStore store, out LetterboxMap map)
        where TStore : struct, IRowStore
    {
        map = LetterboxMap.For(picture.Width, picture.Height, spec);
        LetterboxScratch scratch = LetterboxScratch.OfThread;
        scratch.Fit(picture.Width, picture.Height, map.Width, map.Height);
        fixed (float* luma = scratch.Luma.Span, u = scratch.U.Span, v = scratch.V.Span)
        fixed (float* red = scratch.Red.Span, green = scratch.Green.Span, blue = scratch.Blue.Span)
        fixed (int* lumaFirst = scratch.LumaX.First, chromaFirst = scratch.ChromaX.First)
        fixed (float* lumaFraction = scratch.LumaX.Fraction, chromaFraction = scratch.ChromaX.Fraction)
        {
            for (int y = 0; y < map.OffsetY; y++)
            {
                store.Pad(y, 0, spec.Width);
            }

            for (int y = 0; y < map.Height; y++)
            {
                Mix(picture.Y, picture.StrideY, picture.Width, picture.Height, scratch.LumaY, y, luma);
                Mix(picture.U, picture.StrideUV, picture.ChromaWidth, picture.ChromaHeight, scratch.ChromaY, y, u);
                Mix(picture.V, picture.StrideUV, picture.ChromaWidth, picture.ChromaHeight, scratch.ChromaY, y, v);
                RowKernels.Sample(luma, u, v, lumaFirst, lumaFraction, chromaFirst, chromaFraction, red, green, blue, map.Width);
                store.Pad(y + map.OffsetY, 0, map.OffsetX);
                store.Row(y + map.OffsetY, map.OffsetX, red, green, blue, map.Width);
                store.Pad(y + map.OffsetY, map.OffsetX + map.Width, spec.Width);
            }

            for (int y = map.OffsetY + map.Height; y < spec.Height; y++)
            {
                store.Pad(y, 0, spec.Width);
            }
        }
    }

    private static void Mix(byte* plane, int stride, int width, int height, ResampleAxis axis, int y, float* row)
    {
        int first = axis.First[y];
        byte* upper = plane + ((long)first * stride);
        byte* lower = first + 1 < height ? upper + stride : upper;
        RowKernels.Vertical(upper, lower, axis.Fraction[y], row, width);

        // A row of one sample has no second to mix with; it is its own.
        row[width] = row[width - 1];
    }
}
