namespace Rtc.Media.Tensors;

/// <summary>Rows into a tensor of half floats.</summary>
internal readonly unsafe struct HalfStore(Half* target, TensorSpec spec) : IRowStore
{
    private readonly NarrowStore<Half> _store = new(target, spec);

    public void Row(int y, int x, float* red, float* green, float* blue, int count) =>
        _store.Row(y, x, red, green, blue, count, &ToHalf);

    public void Pad(int y, int from, int to) => _store.Pad(y, from, to, &ToHalf);

    private static Half ToHalf(float value) => (Half)value;
}

/// <summary>Rows into a tensor of bytes.</summary>
internal readonly unsafe struct ByteStore(byte* target, TensorSpec spec) : IRowStore
{
    private readonly NarrowStore<byte> _store = new(target, spec);

    public void Row(int y, int x, float* red, float* green, float* blue, int count) =>
        _store.Row(y, x, red, green, blue, count, &ToByte);

    public void Pad(int y, int from, int to) => _store.Pad(y, from, to, &ToByte);

    private static byte ToByte(float value) => (byte)Math.Clamp(value + 0.5f, 0, 255);
}

/// <summary>What the two have in common: where an element lies.</summary>
internal readonly unsafe struct NarrowStore<T>
    where T : unmanaged
{
    private readonly T* _target;
    private readonly int _width;
    private readonly long _pixelStep;
    private readonly long _channelStep;
    private readonly Normalisation _by;

    public NarrowStore(T* target, TensorSpec spec)
    {
        _target = target;
        _width = spec.Width;
        bool interleaved = spec.Layout == TensorLayout.Nhwc;
        _pixelStep = interleaved ? 3 : 1;
        _channelStep = interleaved ? 1 : (long)spec.Width * spec.Height;
        _by = new Normalisation(spec);
    }

    public void Row(int y, int x, float* red, float* green, float* blue, int count, delegate*<float, T> narrow)
    {
        float* first = _by.Reversed ? blue : red;
        float* third = _by.Reversed ? red : blue;
        T* at = _target + ((((long)y * _width) + x) * _pixelStep);
        for (int i = 0; i < count; i++, at += _pixelStep)
        {
            at[0] = narrow((first[i] * _by.Scale.First) + _by.Offset.First);
            at[_channelStep] = narrow((green[i] * _by.Scale.Second) + _by.Offset.Second);
            at[2 * _channelStep] = narrow((third[i] * _by.Scale.Third) + _by.Offset.Third);
        }
    }

    public void Pad(int y, int from, int to, delegate*<float, T> narrow)
    {
        T* at = _target + ((((long)y * _width) + from) * _pixelStep);
        for (int i = from; i < to; i++, at += _pixelStep)
        {
            at[0] = narrow(_by.Pad.First);
            at[_channelStep] = narrow(_by.Pad.Second);
            at[2 * _channelStep] = narrow(_by.Pad.Third);
        }
    }
}
