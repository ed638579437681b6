using Rtc.Media;
using Rtc.Pipeline.Settings;

namespace Rtc.Pipeline.Zones;

/// <summary>
/// Seconds that things spent in each cell of the picture, by where they stand. Only what was really seen adds to it.
/// </summary>
internal sealed class HeatMap
{
    public const int Columns = 64;
    public const int Rows = 36;

    private readonly float[] _seconds = new float[Columns * Rows];

    public void Add(PlaceF foot, double seconds)
    {
        int column = Math.Clamp((int)(foot.X * Columns), 0, Columns - 1);
        int row = Math.Clamp((int)(foot.Y * Rows), 0, Rows - 1);
        _seconds[(row * Columns) + column] += (float)seconds;
    }

    /// <summary>The cells as a mask over the whole picture: the hottest is 255, square root between.</summary>
    public Mask ToMask(int width, int height)
    {
        var mask = new Mask(Columns, Rows, new RectF(0, 0, width, height));
        float hottest = 0;
        foreach (float cell in _seconds)
        {
            hottest = Math.Max(hottest, cell);
        }

        if (hottest > 0)
        {
            for (int i = 0; i < _seconds.Length; i++)
            {
                mask.Alpha[i] = (byte)(255 * MathF.Sqrt(_seconds[i] / hottest));
            }
        }

        return mask;
    }
}
