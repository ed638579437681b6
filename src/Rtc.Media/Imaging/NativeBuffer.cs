using System.Runtime.InteropServices;

namespace Rtc.Media.Imaging;

/// <summary>Aligned native memory that grows to the largest size asked for and is kept by its one owner.</summary>
internal sealed unsafe class NativeBuffer : IDisposable
{
    private const int Alignment = 64;
    private byte* _memory;
    private nuint _bytes;

    ~NativeBuffer() => Free();

    public byte* Bytes(long count) => Reserve(count);

    public float* Floats(long count) => (float*)Reserve(count * sizeof(float));

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private byte* Reserve(long bytes)
    {
        if ((nuint)bytes > _bytes)
        {
            Free();
            _memory = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, Alignment);
            _bytes = (nuint)bytes;
        }

        return _memory;
    }

    private void Free()
    {
        NativeMemory.AlignedFree(_memory);
        _memory = null;
        _bytes = 0;
    }
}
