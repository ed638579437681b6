namespace Rtc.Media.Drawing;

/// <summary>How classes are laid over a picture.</summary>
public enum ClassOverlay
{
    /// <summary>The class's colour, mixed in.</summary>
    Filled,

    /// <summary>A line inside of each class's edge.</summary>
    Contour,

    /// <summary>The picture, and the classes' colours beside it.</summary>
    SideBySide,

    /// <summary>The class's hue with the light of the picture.</summary>
    Blend,
}

/// <summary>Everything that drawing a class map needs to know; immutable, one a set of settings.</summary>
public sealed class ClassStyle
{
    private readonly Colour[] _colours = new Colour[ClassMap.MaxClasses];
    private readonly bool[] _shown = new bool[ClassMap.MaxClasses];

    /// <param name="overlay">How.</param>
    /// <param name="opacity">0 to 1.</param>
    /// <param name="colours">By class number; what is missing is black.</param>
    /// <param name="shown">Which classes are drawn at all.</param>
    public ClassStyle(ClassOverlay overlay, float opacity, IReadOnlyList<Colour> colours, Func<int, bool> shown)
    {
        ArgumentNullException.ThrowIfNull(colours);
        ArgumentNullException.ThrowIfNull(shown);
        Overlay = overlay;
        Opacity = (int)MathF.Round(Math.Clamp(opacity, 0, 1) * 256);
        Count = Math.Min(colours.Count, ClassMap.MaxClasses);
        for (int i = 0; i < Count; i++)
        {
            _colours[i] = colours[i];
            _shown[i] = shown(i);
        }
    }

    public ClassOverlay Overlay { get; }

    /// <summary>Of 256.</summary>
    public int Opacity { get; }

    public int Count { get; }

    public ReadOnlySpan<Colour> Colours => _colours.AsSpan(0, Count);

    /// <summary>By class number; a class past the end is not drawn.</summary>
    public bool Shows(int classId) => _shown[classId];

    internal Colour ColourOf(int classId) => _colours[classId];
}
