namespace Rtc.Bitstream;

/// <summary>What one picture cost to compress.</summary>
/// <param name="Bytes">Size of the coded picture.</param>
/// <param name="Quantizer">The codec's own scale: 0 to 63 for VP8, 0 to 51 for H.264; −1 where it does not say.</param>
/// <param name="Milliseconds">Time inside of the encoder.</param>
/// <param name="Speed">How much quality was given up for speed: VP8's cpu-used without its sign; 0 where there is no such knob.</param>
public readonly record struct EncodeStats(int Bytes, int Quantizer, double Milliseconds, int Speed);
