namespace Rtc.Media.Drawing;

/// <summary>A colour, with what it is in the pictures' own space: BT.601, limited range.</summary>
public readonly record struct Colour(byte Red, byte Green, byte Blue)
{
    public static Colour White => new(255, 255, 255);

    public static Colour Black => new(0, 0, 0);

    public byte Y => Level(16 + (((65.481 * Red) + (128.553 * Green) + (24.966 * Blue)) / 255));

    public byte U => Level(128 + (((-37.797 * Red) - (74.203 * Green) + (112.0 * Blue)) / 255));

    public byte V => Level(128 + (((112.0 * Red) - (93.786 * Green) - (18.214 * Blue)) / 255));

    /// <summary>Black or white, whichever is read more easily on this colour: the one of greater contrast as WCAG counts it.</summary>
    public Colour Ink => Luminance > InkTurnsBlack ? Black : White;

    // Where black and white have the same contrast: (L + 0.05)² = 1.05 × 0.05.
    private const double InkTurnsBlack = 0.179;

    /// <summary>Light given off, 0 to 1.</summary>
    private double Luminance => (0.2126 * Light(Red)) + (0.7152 * Light(Green)) + (0.0722 * Light(Blue));

    public override string ToString() => $"#{Red:X2}{Green:X2}{Blue:X2}";

    private static double Light(byte level) => Math.Pow(level / 255.0, 2.2);

    private static byte Level(double value) => (byte)Math.Clamp(Math.Round(value), 0, 255);
}
