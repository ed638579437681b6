using System.Text;
using QRCoder;

namespace Rtc.Server.Commands;

/// <summary>A QR code for a terminal: two rows of modules to a line of half blocks, with its quiet zone.</summary>
internal static class QrText
{
    // The code is dark on light. Where colours can be set they are, so that a light terminal doesn't turn it inside out.
    private const string DarkOnLight = "\x1b[38;5;16m\x1b[48;5;231m";
    private const string Reset = "\x1b[0m";

    public static string Of(string content, bool colours)
    {
        using QRCodeData data = QRCodeGenerator.GenerateQrCode(content, QRCodeGenerator.ECCLevel.L);
        int size = data.ModuleMatrix.Count;
        var text = new StringBuilder();
        for (int y = 0; y < size; y += 2)
        {
            text.Append("  ").Append(colours ? DarkOnLight : string.Empty);
            for (int x = 0; x < size; x++)
            {
                bool upper = data.ModuleMatrix[y][x];
                bool lower = y + 1 < size && data.ModuleMatrix[y + 1][x];

                // Without colours a block is the terminal's light foreground, so it stands for a light module.
                (upper, lower) = colours ? (upper, lower) : (!upper, !lower);
                text.Append((upper, lower) switch
                {
                    (true, true) => '█',
                    (true, false) => '▀',
                    (false, true) => '▄',
                    _ => ' ',
                });
            }

            text.Append(colours ? Reset : string.Empty).Append('\n');
        }

        return text.ToString();
    }
}
