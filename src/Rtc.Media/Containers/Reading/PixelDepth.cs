using System.Globalization;

namespace Rtc.Media.Containers.Reading;

/// <summary>Bits of a sample, by the name that FFmpeg gives a pixel format.</summary>
internal static class PixelDepth
{
    /// <summary>More is made for grading: how it is to look in eight bits is for its maker to say.</summary>
    public const int MaxBits = 12;

    private const int Usual = 8;

    /// <summary>"yuv420p10le" has 10, "gray16be" 16, "rgb48le" three times 16, "yuv420p" 8.</summary>
    public static int Of(string pixelFormat)
    {
        if (!pixelFormat.EndsWith("le", StringComparison.Ordinal) && !pixelFormat.EndsWith("be", StringComparison.Ordinal))
        {
            return Usual;
        }

        string name = pixelFormat[..^2];
        string digits = name[name.TrimEnd("0123456789".ToCharArray()).Length..];
        return int.TryParse(digits, CultureInfo.InvariantCulture, out int bits) switch
        {
            false => Usual,

            // Of a whole pixel, or bits a channel one after another: "rgb565le".
            true when bits is 48 or 64 => 16,
            true when bits > 99 => Usual,
            _ => bits,
        };
    }
}
