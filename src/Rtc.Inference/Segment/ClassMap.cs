namespace Rtc.Inference.Segment;

/// <summary>What every place of a picture belongs to; small, and stretched over the whole picture when used.</summary>
public sealed class ClassMap
{
    public int Width { get; private set; }

    public int Height { get; private set; }

    /// <summary>Class numbers, row by row; kept from picture to picture.</summary>
    public byte[] Classes { get; private set; } = [];

    internal void Resize(int width, int height)
    {
        if ((Width, Height) != (width, height))
        {
            (Width, Height) = (width, height);
            Classes = new byte[width * height];
        }
    }
}
