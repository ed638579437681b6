namespace Rtc.Inference.Motion;

/// <summary>Finds the connected parts of the foreground by flooding, and remembers which part each pixel belongs to.</summary>
internal sealed class Blobs
{
    private const int MaxParts = 250;
    private const byte Speck = 254;

    private readonly List<Blob> _found = [];
    private byte[] _parts = [];
    private int[] _stack = [];
    private int _width;
    private int _height;

    public int Count => _found.Count;

    public Blob this[int index] => _found[index];

    /// <summary>Finds the parts of the foreground.</summary>
    public void Find(BlobMeter meter)
    {
        (_width, _height) = (meter.Width, meter.Height);
        _found.Clear();
        byte[] foreground = meter.Foreground;
        if (_parts.Length != foreground.Length)
        {
            _parts = new byte[foreground.Length];
            _stack = new int[foreground.Length];
        }

        Array.Clear(_parts);
        for (int i = foreground.AsSpan().IndexOf((byte)1); i >= 0;)
        {
            if (_parts[i] == 0)
            {
                Blob blob = Flood(meter, i, _found.Count < MaxParts ? (byte)(_found.Count + 1) : Speck);
                if (_found.Count < MaxParts)
                {
                    _found.Add(blob);
                }
            }

            int next = foreground.AsSpan(i + 1).IndexOf((byte)1);
            i = next < 0 ? -1 : i + 1 + next;
        }
    }

    /// <summary>Whether the pixel belongs to the part at that index.</summary>
    public bool Has(int part, int x, int y) => _parts[(y * _width) + x] == part + 1;

    private Blob Flood(BlobMeter meter, int start, byte part)
    {
        byte[] foreground = meter.Foreground;
        int depth = 0;
        _stack[depth++] = start;
        _parts[start] = part;
        Blob blob = new();
        while (depth > 0)
        {
            int at = _stack[--depth];
            int x = at % _width;
            int y = at / _width;
            meter.Add(ref blob, x, y);
            for (int ny = Math.Max(0, y - 1); ny <= Math.Min(_height - 1, y + 1); ny++)
            {
                for (int nx = Math.Max(0, x - 1); nx <= Math.Min(_width - 1, x + 1); nx++)
                {
                    int next = (ny * _width) + nx;
                    if (foreground[next] != 0 && _parts[next] == 0)
                    {
                        _parts[next] = part;
                        _stack[depth++] = next;
                    }
                }
            }
        }

        return blob;
    }
}
