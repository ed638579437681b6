using System.Runtime.InteropServices;

namespace Rtc.Media.Codecs.Vpx;

/// <summary>
/// Where the bits go: a map of 16×16 blocks in three segments (subject, edge, background) with a quantizer offset
/// each. Owns the native map; set by anyone who owns the encoder, handed to libvpx only when it changed.
/// </summary>
internal sealed unsafe class Vp8Interest(VpxLibrary library) : IDisposable
{
    private const int Block = 16;
    private const byte SubjectSegment = 0;
    private const byte EdgeSegment = 1;
    private const byte BackgroundSegment = 2;

    private byte[] _next = [];
    private byte[] _current = [];
    private Mask? _subject;
    private int _strength;
    private bool _enabled;
    private bool _dirty;

    /// <param name="subject">What matters; null for all the picture alike. Read when the next picture is coded.</param>
    /// <param name="strength">0 to 63: how much coarser the background is quantised.</param>
    public void Set(Mask? subject, int strength)
    {
        _subject = strength > 0 ? subject : null;
        _strength = Math.Clamp(strength, 0, 63);
        _dirty = true;
    }

    /// <summary>The encoder was opened anew and knows of no map.</summary>
    public void Reset()
    {
        _enabled = false;
        _current = [];
        _dirty = _subject is not null;
    }

    public void Apply(VpxContext context, int width, int height)
    {
        if (!_dirty)
        {
            return;
        }

        _dirty = false;
        int columns = (width + Block - 1) / Block;
        int rows = (height + Block - 1) / Block;
        if (_subject is null)
        {
            if (_enabled)
            {
                Send(context, null, rows, columns);
            }

            _enabled = false;
            _current = [];
            return;
        }

        if (_next.Length != rows * columns)
        {
            _next = new byte[rows * columns];
        }

        Segment(_subject, columns, rows, _next);
        if (_enabled && _current.AsSpan().SequenceEqual(_next))
        {
            return;
        }

        fixed (byte* map = _next)
        {
            Send(context, map, rows, columns);
        }

        _enabled = true;
        (_current, _next) = (_next, _current);
    }

    public void Dispose()
    {
        _subject = null;
        _enabled = false;
    }

    internal static void Segment(Mask subject, int columns, int rows, Span<byte> map)
    {
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                map[(row * columns) + column] = Coverage(subject, column, row) switch
                {
                    0 => BackgroundSegment,
                    < 128 => EdgeSegment,
                    _ => SubjectSegment,
                };
            }
        }
    }

    /// <summary>The mask's greatest value inside of a block.</summary>
    private static int Coverage(Mask subject, int column, int row)
    {
        RectF region = subject.Region;
        float perX = subject.Width / Math.Max(region.Width, 1e-3f);
        float perY = subject.Height / Math.Max(region.Height, 1e-3f);
        int left = (int)MathF.Floor(((column * Block) - region.Left) * perX);
        int right = (int)MathF.Ceiling((((column + 1) * Block) - region.Left) * perX);
        int top = (int)MathF.Floor(((row * Block) - region.Top) * perY);
        int bottom = (int)MathF.Ceiling((((row + 1) * Block) - region.Top) * perY);
        left = Math.Clamp(left, 0, subject.Width);
        right = Math.Clamp(right, 0, subject.Width);
        int most = 0;
        for (int y = Math.Clamp(top, 0, subject.Height); y < Math.Clamp(bottom, 0, subject.Height); y++)
        {
            foreach (byte value in subject.Row(y)[left..right])
            {
                most = Math.Max(most, value);
            }
        }

        return most;
    }

    private void Send(VpxContext context, byte* map, int rows, int columns)
    {
        byte* native = stackalloc byte[VpxAbi.RegionMap.Bytes];
        new Span<byte>(native, VpxAbi.RegionMap.Bytes).Clear();
        native[VpxAbi.RegionMap.Enabled] = map is null ? (byte)0 : (byte)1;
        *(byte**)(native + VpxAbi.RegionMap.Map) = map;
        *(int*)(native + VpxAbi.RegionMap.Rows) = rows;
        *(int*)(native + VpxAbi.RegionMap.Columns) = columns;
        if (map is not null)
        {
            int* quantizer = (int*)(native + VpxAbi.RegionMap.DeltaQuantizer);
            quantizer[EdgeSegment] = _strength / 2;
            quantizer[BackgroundSegment] = _strength;
        }

        library.ControlPointer(context.Pointer, VpxAbi.Control.SetRegionMap, native);
    }
}
