using Rtc.Media;

namespace Rtc.Inference.Motion;

/// <summary>
/// Where a picture differs from those before it, on a small copy: what a map that is held against flicker must not hold.
/// Each place is compared with what it looked like when it last changed, so that a slow edge is seen too.
/// </summary>
internal sealed class PictureChange
{
    private const int MaxSide = 160;

    // In levels of luma. A camera's noise, averaged over a block, stays below a third of it.
    private const int Difference = 5;

    // The share by which light that creeps is followed.
    private const float Follow = 1f / 32;

    private SmallPicture? _small;
    private float[] _reference = [];
    private byte[] _raw = [];

    public int Width => _small?.Width ?? 0;

    public int Height => _small?.Height ?? 0;

    /// <summary>Share of the picture that changed, 0 to 1.</summary>
    public float Share { get; private set; }

    /// <summary>Not zero where the picture changed, and one place around.</summary>
    public byte[] Changed { get; private set; } = [];

    public void Take(Picture picture)
    {
        bool first = _small is null || !_small.Fits(picture);
        if (first)
        {
            _small = SmallPicture.For(picture, MaxSide);
            int places = _small.Width * _small.Height;
            (_reference, _raw, Changed) = (new float[places], new byte[places], new byte[places]);
        }

        _small!.TakeLuma(picture);
        byte[] luma = _small.Y;
        int count = 0;
        for (int i = 0; i < luma.Length; i++)
        {
            float apart = luma[i] - _reference[i];
            bool changed = first || MathF.Abs(apart) > Difference;
            _reference[i] = changed ? luma[i] : _reference[i] + (Follow * apart);
            _raw[i] = changed ? (byte)1 : (byte)0;
            count += _raw[i];
        }

        Share = (float)count / luma.Length;

        Widen();
    }

    private void Widen()
    {
        (int width, int height) = (Width, Height);
        Array.Clear(Changed);
        for (int i = _raw.AsSpan().IndexOf((byte)1); i >= 0;)
        {
            int x = i % width;
            int left = Math.Max(0, x - 1);
            int right = Math.Min(width - 1, x + 1);
            for (int y = Math.Max(0, (i / width) - 1); y <= Math.Min(height - 1, (i / width) + 1); y++)
            {
                Changed.AsSpan((y * width) + left, right - left + 1).Fill(1);
            }

            int next = _raw.AsSpan(i + 1).IndexOf((byte)1);
            i = next < 0 ? -1 : i + 1 + next;
        }
    }
}
