namespace Rtc.Inference.Motion;

/// <summary>A connected part of the foreground, in pixels of the small picture; right and bottom just outside.</summary>
internal readonly record struct Blob(int Left, int Top, int Right, int Bottom, int Pixels, int Strength)
{
    public int Width => Right - Left;

    public int Height => Bottom - Top;

    public Blob With(in Blob other) => new(
        Math.Min(Left, other.Left), Math.Min(Top, other.Top), Math.Max(Right, other.Right), Math.Max(Bottom, other.Bottom),
        Pixels + other.Pixels, Strength + other.Strength);

    /// <summary>Pixels between two boxes; 0 where they touch.</summary>
    public int Gap(in Blob other) => Math.Max(
        Math.Max(other.Left - Right, Left - other.Right),
        Math.Max(0, Math.Max(other.Top - Bottom, Top - other.Bottom)));
}

/// <summary>Finds connected parts by flooding, drops specks, and merges parts that lie close together.</summary>
internal sealed class Blobs
{
    private const int MaxParts = 256;

    private readonly List<Blob> _found = [];
    private byte[] _left = [];
    private int[] _stack = [];

    public int Count => _found.Count;

    public Blob this[int index] => _found[index];

    /// <param name="foreground">Not zero where something is; kept as it is.</param>
    /// <param name="strength">How far each pixel stands out.</param>
    /// <param name="width">Of the map.</param>
    /// <param name="height">Of the map.</param>
    /// <param name="smallest">Pixels that a merged blob needs.</param>
    /// <param name="distance">Parts closer than this become one.</param>
    public void Find(byte[] foreground, byte[] strength, int width, int height, int smallest, float distance)
    {
        _found.Clear();
        if (_left.Length < foreground.Length)
        {
            _left = new byte[foreground.Length];
            _stack = new int[foreground.Length];
        }

        foreground.CopyTo(_left, 0);
        for (int i = 0; i < foreground.Length && _found.Count < MaxParts; i++)
        {
            if (_left[i] != 0)
            {
                Blob blob = Flood(strength, i, width, height);

                // A single pixel that survived cleaning joins nothing.
                if (blob.Pixels >= Math.Max(2, smallest / 8))
                {
                    _found.Add(blob);
                }
            }
        }

        Merge(distance);
        _found.RemoveAll(blob => blob.Pixels < smallest);
    }

    private Blob Flood(byte[] strength, int start, int width, int height)
    {
        int depth = 0;
        _stack[depth++] = start;
        _left[start] = 0;
        Blob blob = new(width, height, 0, 0, 0, 0);
        while (depth > 0)
        {
            int at = _stack[--depth];
            int x = at % width;
            int y = at / width;
            blob = blob.With(new Blob(x, y, x + 1, y + 1, 1, strength[at]));
            for (int ny = Math.Max(0, y - 1); ny <= Math.Min(height - 1, y + 1); ny++)
            {
                for (int nx = Math.Max(0, x - 1); nx <= Math.Min(width - 1, x + 1); nx++)
                {
                    int next = (ny * width) + nx;
                    if (_left[next] != 0)
                    {
                        _left[next] = 0;
                        _stack[depth++] = next;
                    }
                }
            }
        }

        return blob;
    }

    private void Merge(float distance)
    {
        bool again = true;
        while (again)
        {
            again = false;
            for (int i = 0; i < _found.Count; i++)
            {
                for (int k = _found.Count - 1; k > i; k--)
                {
                    if (_found[i].Gap(_found[k]) < distance)
                    {
                        _found[i] = _found[i].With(_found[k]);
                        _found.RemoveAt(k);
                        again = true;
                    }
                }
            }
        }
    }
}
