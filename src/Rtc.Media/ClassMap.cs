namespace Rtc.Media;

/// <summary>What every place of a picture belongs to; small, and stretched over the whole picture when used.</summary>
public sealed class ClassMap
{
    public const int MaxClasses = 256;

    public int Width { get; private set; }

    public int Height { get; private set; }

    /// <summary>Class numbers, row by row; kept from picture to picture.</summary>
    public byte[] Classes { get; private set; } = [];

    /// <summary>Makes room for a map of that size; what it holds then is not defined.</summary>
    public void Resize(int width, int height)
    {
        if ((Width, Height) != (width, height))
        {
            (Width, Height) = (width, height);
            Classes = new byte[width * height];
        }
    }

    public void CopyTo(ClassMap other)
    {
        ArgumentNullException.ThrowIfNull(other);
        other.Resize(Width, Height);
        Classes.CopyTo(other.Classes, 0);
    }

    /// <summary>Places of each class.</summary>
    public void Count(Span<int> counts)
    {
        counts[..MaxClasses].Clear();
        foreach (byte found in Classes)
        {
            counts[found]++;
        }
    }

    /// <summary>The class of every pixel of a picture, row by row: that of the place its centre lies in.</summary>
    public void Stretch(Span<byte> into, int width, int height)
    {
        int[] columns = new int[width];
        for (int x = 0; x < width; x++)
        {
            columns[x] = Place(x, width, Width);
        }

        int before = -1;
        for (int y = 0; y < height; y++)
        {
            int row = Place(y, height, Height);
            Span<byte> line = into.Slice(y * width, width);
            if (row == before)
            {
                into.Slice((y - 1) * width, width).CopyTo(line);
                continue;
            }

            before = row;
            ReadOnlySpan<byte> places = Classes.AsSpan(row * Width, Width);
            for (int x = 0; x < line.Length; x++)
            {
                line[x] = places[columns[x]];
            }
        }
    }

    private static int Place(int pixel, int pixels, int places) => (int)((((2L * pixel) + 1) * places) / (2L * pixels));
}
