namespace Rtc.Analysis.Scenes;

/// <summary>Where what is at a place of one picture is in another, in halves of a pixel of the copy.</summary>
internal readonly record struct PixelShift(int X, int Y)
{
    public const int Whole = 2;
}

/// <summary>
/// A picture whose brightness is known between its pixels too: of a camera that shakes by a part of a pixel an edge would leave more
/// over than a second scene does. Its memory serves one picture after another.
/// </summary>
internal sealed class FinePicture
{
    private readonly byte[][] _planes = [[], [], [], []];

    public int Width { get; private set; }

    public int Height { get; private set; }

    /// <summary>The picture without bars, as its own signature has it.</summary>
    public (int Left, int Top, int Right, int Bottom) Inside { get; private set; }

    /// <summary>Takes the smooth brightness of a picture; nothing of it is kept.</summary>
    public void Take(Signature from)
    {
        (Width, Height, Inside) = (from.Width, from.Height, from.Inside);
        if (_planes[0].Length != from.Smooth.Length)
        {
            for (int i = 0; i < _planes.Length; i++)
            {
                _planes[i] = new byte[from.Smooth.Length];
            }
        }

        byte[] whole = _planes[0], right = _planes[1], below = _planes[2], both = _planes[3];
        from.Smooth.CopyTo(whole, 0);
        for (int y = 0; y < Height; y++)
        {
            int row = y * Width, next = Math.Min(y + 1, Height - 1) * Width;
            for (int x = 0; x < Width; x++)
            {
                int at = row + x, beside = Math.Min(x + 1, Width - 1) - x;
                int under = next + x;
                right[at] = (byte)((whole[at] + whole[at + beside] + 1) / 2);
                below[at] = (byte)((whole[at] + whole[under] + 1) / 2);
                both[at] = (byte)((whole[at] + whole[at + beside] + whole[under] + whole[under + beside] + 2) / 4);
            }
        }
    }

    /// <summary>From the pixel on that lies at a place of a picture which this one is shifted against.</summary>
    public ReadOnlySpan<byte> From(int x, int y, PixelShift shift) =>
        _planes[(shift.X & 1) + (2 * (shift.Y & 1))].AsSpan(((y + (shift.Y >> 1)) * Width) + x + (shift.X >> 1));

    /// <summary>The part of a picture without bars that is also in this one.</summary>
    public (int Left, int Top, int Right, int Bottom) SharedWith(Signature here, PixelShift shift) => (
        Math.Max(here.Inside.Left, Inside.Left - (shift.X >> 1)), Math.Max(here.Inside.Top, Inside.Top - (shift.Y >> 1)),
        Math.Min(here.Inside.Right, Inside.Right - ((shift.X + 1) >> 1)),
        Math.Min(here.Inside.Bottom, Inside.Bottom - ((shift.Y + 1) >> 1)));
}
