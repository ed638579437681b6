namespace Rtc.Media.Drawing.Letters;

/// <summary>One letter's coverage, 0 to 255 a pixel, and where its corner lies from the pen's place at the capitals' top.</summary>
internal sealed record Glyph(int Left, int Top, int Width, int Height, int Advance, byte[] Coverage);
