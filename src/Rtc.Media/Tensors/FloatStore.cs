namespace Rtc.Media.Tensors;

/// <summary>Rows into a float tensor, planar or interleaved.</summary>
internal readonly unsafe struct FloatStore : IRowStore
{
    private readonly float* _target;
    private readonly int _width;
    private readonly long _plane;
    private readonly bool _interleaved;
    private readonly Normalisation _by;

    public FloatStore(float* target, TensorSpec spec)
    {
        _target = target;
        _width = spec.Width;
        _plane = (long)spec.Width * spec.Height;
        _interleaved = spec.Layout == TensorLayout.Nhwc;
        _by = new Normalisation(spec);
    }

    public void Row(int y, int x, float* red, float* green, float* blue, int count)
    {
        float* first = _by.Reversed ? blue : red;
        float* third = _by.Reversed ? red : blue;
        if (!_interleaved)
        {
            float* at = _target + ((long)y * _width) + x;
            RowKernels.Affine(first, _by.Scale.First, _by.Offset.First, at, count);
            RowKernels.Affine(green, _by.Scale.Second, _by.Offset.Second, at + _plane, count);
            RowKernels.Affine(third, _by.Scale.Third, _by.Offset.Third, at + (2 * _plane), count);
            return;
        }

        float* pixel = _target + ((((long)y * _width) + x) * 3);
        for (int i = 0; i < count; i++, pixel += 3)
        {
            pixel[0] = (first[i] * _by.Scale.First) + _by.Offset.First;
            pixel[1] = (green[i] * _by.Scale.Second) + _by.Offset.Second;
            pixel[2] = (third[i] * _by.Scale.Third) + _by.Offset.Third;
        }
    }

    public void Pad(int y, int from, int to)
    {
        if (from >= to)
        {
            return;
        }

        if (!_interleaved)
        {
            float* at = _target + ((long)y * _width) + from;
            new Span<float>(at, to - from).Fill(_by.Pad.First);
            new Span<float>(at + _plane, to - from).Fill(_by.Pad.Second);
            new Span<float>(at + (2 * _plane), to - from).Fill(_by.Pad.Third);
            return;
        }

        float* pixel = _target + ((((long)y * _width) + from) * 3);
        for (int i = from; i < to; i++, pixel += 3)
        {
            pixel[0] = _by.Pad.First;
            pixel[1] = _by.Pad.Second;
            pixel[2] = _by.Pad.Third;
        }
    }
}
