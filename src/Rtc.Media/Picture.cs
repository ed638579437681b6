using System.Runtime.InteropServices;

namespace Rtc.Media;

/// <summary>
/// An I420 picture in pooled native memory. It has one owner at a time: writing it to a channel hands
/// it over, and the owner gives it back with <see cref="Dispose"/>. Rows are 64-byte aligned, so strides
/// are wider than the picture.
/// </summary>
public sealed unsafe class Picture : IDisposable
{
    /// <summary>4K of DCI, and as much standing upright: a larger picture is refused before memory is spent on it.</summary>
    public const long MaxPixels = 4096L * 2304;

    private const int Alignment = 64;
    private readonly PicturePool _pool;
    private byte* _memory;
    private int _leased;

    internal Picture(PicturePool pool, int width, int height)
    {
        _pool = pool;
        Width = width;
        Height = height;
        StrideY = Align(width);
        StrideUV = Align(ChromaWidth);
        Bytes = ((long)StrideY * height) + (2L * StrideUV * ChromaHeight);
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)Bytes, Alignment);
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>Half the width, rounded up: odd pictures have a last chroma column of their own.</summary>
    public int ChromaWidth => (Width + 1) / 2;

    public int ChromaHeight => (Height + 1) / 2;

    public int StrideY { get; }

    public int StrideUV { get; }

    public long Bytes { get; }

    public byte* Y => Memory;

    public byte* U => Memory + ((long)StrideY * Height);

    public byte* V => U + ((long)StrideUV * ChromaHeight);

    private byte* Memory => _leased == 1 ? _memory : throw new ObjectDisposedException(nameof(Picture));

    /// <summary>All of the picture, good while this owner keeps it.</summary>
    public PictureView View() => new(Y, U, V, StrideY, StrideUV, Width, Height);

    public Span<byte> RowY(int y) => new(Y + ((long)y * StrideY), Width);

    public Span<byte> RowU(int y) => new(U + ((long)y * StrideUV), ChromaWidth);

    public Span<byte> RowV(int y) => new(V + ((long)y * StrideUV), ChromaWidth);

    /// <summary>One grey everywhere.</summary>
    public void FillGrey(byte luma)
    {
        for (int y = 0; y < Height; y++)
        {
            RowY(y).Fill(luma);
        }

        for (int y = 0; y < ChromaHeight; y++)
        {
            RowU(y).Fill(128);
            RowV(y).Fill(128);
        }
    }

    public void Dispose()
    {
        ObjectDisposedException.ThrowIf(Interlocked.Exchange(ref _leased, 0) == 0, this);
        _pool.Return(this);
    }

    /// <summary>All of the memory, lent or not: for the pool's diagnosis alone.</summary>
    internal Span<byte> RawBytes => new(_memory, checked((int)Bytes));

    internal void Lease() => _leased = 1;

    internal void Free()
    {
        NativeMemory.AlignedFree(_memory);
        _memory = null;
    }

    private static int Align(int value) => (value + Alignment - 1) & ~(Alignment - 1);
}
