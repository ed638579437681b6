using Rtc.Media;

namespace Rtc.Studio.Text;

/// <summary>Colours as people name them.</summary>
internal static class ColourName
{
    private const int Step = 2;

    private static readonly Dictionary<string, string> s_words = new(StringComparer.OrdinalIgnoreCase)
    {
        ["red"] = "red", ["crimson"] = "red", ["scarlet"] = "red", ["orange"] = "orange", ["yellow"] = "yellow", ["golden"] = "yellow",
        ["green"] = "green", ["lime"] = "green", ["cyan"] = "cyan", ["turquoise"] = "cyan", ["teal"] = "cyan", ["blue"] = "blue",
        ["navy"] = "blue", ["purple"] = "purple", ["violet"] = "purple", ["magenta"] = "pink", ["pink"] = "pink", ["brown"] = "brown",
        ["black"] = "black", ["dark"] = "black", ["white"] = "white", ["grey"] = "grey", ["gray"] = "grey", ["silver"] = "grey",
    };

    /// <summary>The colour that a word means, null where it means none.</summary>
    public static string? Of(string word) => s_words.GetValueOrDefault(word);

    /// <summary>The share of the inner part of a box that has the colour.</summary>
    public static float Share(Picture picture, RectF box, string colour)
    {
        float marginX = box.Width / 5;
        float marginY = box.Height / 5;
        RectF inner = new RectF(box.Left + marginX, box.Top + marginY, box.Right - marginX, box.Bottom - marginY)
            .ClipTo(picture.Width, picture.Height);
        (int hits, int count) = (0, 0);
        for (int y = (int)inner.Top; y < (int)inner.Bottom; y += Step)
        {
            ReadOnlySpan<byte> luma = picture.RowY(y);
            ReadOnlySpan<byte> u = picture.RowU(y / 2);
            ReadOnlySpan<byte> v = picture.RowV(y / 2);
            for (int x = (int)inner.Left; x < (int)inner.Right; x += Step)
            {
                hits += Of(luma[x], u[x / 2], v[x / 2]) == colour ? 1 : 0;
                count++;
            }
        }

        return count == 0 ? 0 : (float)hits / count;
    }

    /// <summary>What a pixel's colour (BT.601, limited range) is called.</summary>
    public static string Of(byte luma, byte u, byte v)
    {
        float y = 1.164f * (luma - 16);
        float red = Math.Clamp(y + (1.596f * (v - 128)), 0, 255);
        float green = Math.Clamp(y - (0.813f * (v - 128)) - (0.391f * (u - 128)), 0, 255);
        float blue = Math.Clamp(y + (2.018f * (u - 128)), 0, 255);
        float most = Math.Max(red, Math.Max(green, blue));
        float chroma = most - Math.Min(red, Math.Min(green, blue));
        if (most < 50)
        {
            return "black";
        }

        if (chroma < 0.18f * most || chroma < 22)
        {
            return most > 190 ? "white" : "grey";
        }

        float hue = most == red ? (((green - blue) / chroma) + 6) % 6
            : most == green ? ((blue - red) / chroma) + 2
            : ((red - green) / chroma) + 4;
        return (hue * 60) switch
        {
            < 15 or >= 345 => "red",
            < 42 => most < 150 ? "brown" : "orange",
            < 70 => "yellow",
            < 165 => "green",
            < 200 => "cyan",
            < 260 => "blue",
            < 295 => "purple",
            _ => "pink",
        };
    }
}
