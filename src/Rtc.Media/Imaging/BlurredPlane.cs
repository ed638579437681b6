namespace Rtc.Media.Imaging;

/// <summary>
/// One plane on its way through the blur: shrunk to cells, convolved, widened to full rows again. What is left to do
/// for a full picture is to mix two of its rows for each output row (<see cref="Rows"/>). The plane's border pixels are
/// thought to go on for ever: a frame of cells around holds what they average to. Owns its memory.
/// </summary>
internal sealed unsafe class BlurredPlane : IDisposable
{
    // Vectors may read and write this far past a row's end.
    private const int Slack = 64;

    private readonly NativeBuffer _cells = new();
    private readonly NativeBuffer _scratch = new();
    private readonly NativeBuffer _wide = new();
    private float* _cell;
    private byte* _rows;
    private int _factor;
    private int _width;
    private int _columns;
    private int _lines;
    private int _rowStride;
    private int _cellStride;

    /// <summary>Cells to a line, the frame included.</summary>
    public int Columns => _columns;

    public int Lines => _lines;

    public int CellStride => _cellStride;

    public float* Cells => _cell;

    public void Reduce(byte* source, int stride, int width, int height, int factor)
    {
        _factor = factor;
        _width = width;
        _columns = ((width + factor - 1) / factor) + 2;
        _lines = ((height + factor - 1) / factor) + 2;
        _cellStride = (_columns + Slack) & ~15;
        _cell = _cells.Floats((long)_cellStride * _lines);
        ushort* sums = (ushort*)_scratch.Bytes((width + Slack) * sizeof(ushort));
        for (int line = 0; line < _lines; line++)
        {
            int first = Math.Clamp((line - 1) * factor, 0, height - 1);
            int rows = line == 0 ? 1 : Math.Clamp(height - ((line - 1) * factor), 1, factor);
            BlurKernels.ReduceRows(source + ((long)first * stride), stride, width, rows, factor, sums, _cell + ((long)line * _cellStride));
        }
    }

    /// <summary>Takes each cell's weight into account before the convolution: cells of weight 0 do not bleed into others.</summary>
    public void Weigh(BlurredPlane weights)
    {
        for (int line = 0; line < _lines; line++)
        {
            BlurKernels.Multiply(_cell + ((long)line * _cellStride), weights._cell + ((long)line * weights._cellStride), _columns);
        }
    }

    public void Unweigh(BlurredPlane weights)
    {
        for (int line = 0; line < _lines; line++)
        {
            BlurKernels.Divide(_cell + ((long)line * _cellStride), weights._cell + ((long)line * weights._cellStride), _columns);
        }
    }

    public void Convolve(GaussianKernel kernel)
    {
        int radius = kernel.Radius;
        int padded = (_columns + (2 * radius) + Slack) & ~15;
        long plane = (long)_cellStride * _lines;
        float* across = _scratch.Floats(plane + padded);
        float* row = across + plane;
        fixed (float* weights = kernel.Weights)
        {
            for (int line = 0; line < _lines; line++)
            {
                float* cells = _cell + ((long)line * _cellStride);
                new Span<float>(row, radius).Fill(cells[0]);
                new Span<float>(cells, _columns).CopyTo(new Span<float>(row + radius, _columns));
                new Span<float>(row + radius + _columns, radius).Fill(cells[_columns - 1]);
                BlurKernels.ConvolveRow(row, weights, kernel.Weights.Length, across + ((long)line * _cellStride), _columns);
            }

            float** lines = stackalloc float*[kernel.Weights.Length];
            for (int line = 0; line < _lines; line++)
            {
                for (int tap = -radius; tap <= radius; tap++)
                {
                    lines[tap + radius] = across + ((long)Math.Clamp(line + tap, 0, _lines - 1) * _cellStride);
                }

                BlurKernels.ConvolveColumn(lines, weights, kernel.Weights.Length, _cell + ((long)line * _cellStride), _columns);
            }
        }
    }

    /// <summary>Stretches every line of cells to a row of the plane's full width.</summary>
    public void Widen()
    {
        _rowStride = (_width + (2 * Slack)) & ~63;
        _rows = _wide.Bytes((long)_rowStride * _lines);
        for (int line = 0; line < _lines; line++)
        {
            BlurKernels.WidenRow(_cell + ((long)line * _cellStride), _factor, _rows + ((long)line * _rowStride), _width);
        }
    }

    /// <summary>The two rows that row <paramref name="y"/> of the plane lies between, and the lower one's share of 256.</summary>
    public void Rows(int y, out byte* upper, out byte* lower, out int share)
    {
        float at = ((y + 0.5f) / _factor) + 0.5f;
        int first = (int)at;
        upper = _rows + ((long)first * _rowStride);
        lower = upper + _rowStride;
        share = (int)(((at - first) * 256) + 0.5f);
    }

    public void Dispose()
    {
        _cells.Dispose();
        _scratch.Dispose();
        _wide.Dispose();
    }
}
