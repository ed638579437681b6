using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Rtc.Media;

namespace Rtc.Inference.Prepare;

/// <summary>
/// Bilinear samples of one plane along rows of a stretched rectangle: two source rows are mixed with vectors
/// over the part that is needed, then picked by a table of columns. Positions outside repeat the edge.
/// </summary>
internal sealed unsafe class RowSampler
{
    // Row weights have 7 bits, so that 255 × 128 fits into 16 bits.
    private const int RowWeightOne = 128;
    private const float FromFixed = 1f / RowWeightOne;

    private int[] _column = [];
    private float[] _weight = [];
    private ushort[] _mixed = [];
    private int _firstColumn;
    private int _span;
    private (float Left, float Width, int Count, int Plane) _built;

    /// <summary>Sets up the columns: <paramref name="count"/> samples over [left, left + width) of a plane so wide.</summary>
    public void Columns(float left, float width, int count, int planeWidth)
    {
        if (_built == (left, width, count, planeWidth))
        {
            return;
        }

        _built = (left, width, count, planeWidth);
        if (_column.Length < count)
        {
            _column = new int[count + (count / 2)];
            _weight = new float[count + (count / 2)];
        }

        double step = (double)width / count;
        for (int i = 0; i < count; i++)
        {
            double at = Math.Clamp(left + ((i + 0.5) * step) - 0.5, 0, planeWidth - 1);
            int whole = Math.Min((int)at, Math.Max(0, planeWidth - 2));
            _column[i] = whole;
            _weight[i] = (float)(at - whole);
        }

        _firstColumn = _column[0];
        _span = Math.Min(_column[count - 1] + 2, planeWidth) - _firstColumn;
        for (int i = 0; i < count; i++)
        {
            _column[i] -= _firstColumn;
        }

        // One spare at the end: a plane one pixel wide reads its neighbour with weight zero.
        if (_mixed.Length < _span + 1)
        {
            _mixed = new ushort[_span + 1 + (_span / 2)];
        }
    }

    /// <summary>Samples of the line at height <paramref name="y"/> (in pixel centres) into <paramref name="into"/>.</summary>
    public void Row(byte* plane, int stride, int planeHeight, double y, Span<float> into)
    {
        double at = Math.Clamp(y, 0, planeHeight - 1);
        int whole = Math.Min((int)at, Math.Max(0, planeHeight - 2));
        int weight = (int)Math.Round((at - whole) * RowWeightOne);
        byte* upper = plane + ((long)whole * stride) + _firstColumn;
        byte* lower = planeHeight > 1 ? upper + stride : upper;
        Mix(upper, lower, weight, _mixed.AsSpan(0, _span));
        _mixed[_span] = _mixed[_span - 1];

        ref ushort mixed = ref MemoryMarshal.GetArrayDataReference(_mixed);
        ref int columns = ref MemoryMarshal.GetArrayDataReference(_column);
        ref float weights = ref MemoryMarshal.GetArrayDataReference(_weight);
        ref float target = ref MemoryMarshal.GetReference(into);
        for (int i = 0; i < into.Length; i++)
        {
            ref ushort pair = ref Unsafe.Add(ref mixed, Unsafe.Add(ref columns, i));
            float left = pair;
            float right = Unsafe.Add(ref pair, 1);
            Unsafe.Add(ref target, i) = (left + ((right - left) * Unsafe.Add(ref weights, i))) * FromFixed;
        }
    }

    private static void Mix(byte* upper, byte* lower, int weight, Span<ushort> into)
    {
        int i = 0;
        if (Vector.IsHardwareAccelerated)
        {
            Vector<ushort> below = new((ushort)weight);
            Vector<ushort> above = new((ushort)(RowWeightOne - weight));
            int step = Vector<byte>.Count;
            for (; i + step <= into.Length; i += step)
            {
                Vector.Widen(Unsafe.ReadUnaligned<Vector<byte>>(upper + i), out Vector<ushort> upperLow, out Vector<ushort> upperHigh);
                Vector.Widen(Unsafe.ReadUnaligned<Vector<byte>>(lower + i), out Vector<ushort> lowerLow, out Vector<ushort> lowerHigh);
                ((upperLow * above) + (lowerLow * below)).CopyTo(into[i..]);
                ((upperHigh * above) + (lowerHigh * below)).CopyTo(into[(i + Vector<ushort>.Count)..]);
            }
        }

        for (; i < into.Length; i++)
        {
            into[i] = (ushort)((upper[i] * (RowWeightOne - weight)) + (lower[i] * weight));
        }
    }
}
