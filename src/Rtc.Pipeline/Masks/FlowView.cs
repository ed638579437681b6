using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Rtc.Media;

namespace Rtc.Pipeline.Masks;

/// <summary>
/// What is around a target in one picture, in brightness, on a grid that goes and grows with the target's box, and which of
/// it is the target. Owned by <see cref="MaskFlow"/>.
/// </summary>
internal sealed class FlowView
{
    /// <summary>Cells of the grid over the area of a <see cref="PropagatedMask"/>.</summary>
    public const int Cells = PropagatedMask.Side / 2;

    /// <summary>Cells beyond it on each side, for what moves in and out.</summary>
    public const int Pad = 16;

    /// <summary>Cells in a row that are compared at once.</summary>
    public const int Step = 16;

    private const int Side = Cells + (2 * Pad);
    private const byte Half = 128;

    private readonly byte[] _luma = new byte[Side * Side];
    private readonly byte[] _subject = new byte[Side * Side];
    private readonly int[] _columns = new int[Side];

    /// <summary>Takes the picture in, where <paramref name="area"/> is that of the mask, in pixels.</summary>
    public void Take(Picture picture, in RectF area)
    {
        float stepX = area.Width / Cells;
        float stepY = area.Height / Cells;
        for (int i = 0; i < Side; i++)
        {
            _columns[i] = Math.Clamp((int)(area.Left + ((i - Pad + 0.5f) * stepX)), 0, picture.Width - 2 < 0 ? 0 : picture.Width - 2);
        }

        int beside = picture.Width > 1 ? 1 : 0;
        for (int row = 0; row < Side; row++)
        {
            int y = Math.Clamp((int)(area.Top + ((row - Pad + 0.5f) * stepY)), 0, picture.Height - 1);
            ReadOnlySpan<byte> upper = picture.RowY(y);
            ReadOnlySpan<byte> lower = picture.RowY(Math.Min(y + 1, picture.Height - 1));
            Span<byte> into = _luma.AsSpan(row * Side, Side);
            for (int i = 0; i < into.Length; i++)
            {
                int x = _columns[i];
                into[i] = (byte)((upper[x] + upper[x + beside] + lower[x] + lower[x + beside] + 2) >> 2);
            }
        }
    }

    /// <summary>Tells the target from what is around it.</summary>
    public void TakeSubject(ReadOnlySpan<byte> alpha)
    {
        for (int row = 0; row < Cells; row++)
        {
            ReadOnlySpan<byte> from = alpha[(2 * row * PropagatedMask.Side)..];
            Span<byte> into = _subject.AsSpan(((row + Pad) * Side) + Pad, Cells);
            for (int i = 0; i < into.Length; i++)
            {
                into[i] = from[2 * i] >= Half ? byte.MaxValue : (byte)0;
            }
        }
    }

    /// <summary>Cells of the target in a window of <see cref="Step"/> columns.</summary>
    public int Count(int left, int top, int rows)
    {
        int count = 0;
        for (int row = 0; row < rows; row++)
        {
            count += _subject.AsSpan(Index(left, top + row), Step).Count(byte.MaxValue);
        }

        return count;
    }

    /// <summary>
    /// How much a later view differs where the target's cells in a window should have gone, by (<paramref name="dx"/>,
    /// <paramref name="dy"/>) cells: the sum over every <paramref name="rowStep"/>-th row.
    /// </summary>
    public int Difference(FlowView later, int left, int top, int rows, int rowStep, int dx, int dy)
    {
        ref byte before = ref MemoryMarshal.GetArrayDataReference(_luma);
        ref byte subject = ref MemoryMarshal.GetArrayDataReference(_subject);
        ref byte now = ref MemoryMarshal.GetArrayDataReference(later._luma);
        Vector128<ushort> sum = default;
        for (int row = 0; row < rows; row += rowStep)
        {
            nuint from = (nuint)Index(left, top + row);
            nuint to = (nuint)Index(left + dx, top + row + dy);
            Vector128<byte> a = Vector128.LoadUnsafe(ref before, from);
            Vector128<byte> b = Vector128.LoadUnsafe(ref now, to);
            Vector128<byte> apart = (Vector128.Max(a, b) - Vector128.Min(a, b)) & Vector128.LoadUnsafe(ref subject, from);
            (Vector128<ushort> first, Vector128<ushort> second) = Vector128.Widen(apart);
            sum += first + second;
        }

        (Vector128<uint> lower, Vector128<uint> upper) = Vector128.Widen(sum);
        return (int)Vector128.Sum(lower + upper);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Index(int x, int y) => ((y + Pad) * Side) + x + Pad;
}
