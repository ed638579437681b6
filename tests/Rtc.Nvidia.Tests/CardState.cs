using System.Runtime.InteropServices;

namespace Rtc.Nvidia.Tests;

/// <summary>The stand-in's book, field for field as card.h has it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CardState
{
    public long Contexts;
    public long Bytes;
    public long Decoders;
    public long Mapped;
    public long Encoders;
    public long Buffers;
    public long ContextsMade;
    public long PicturesRead;
    public long PicturesWritten;
    public long RateChanges;
    public long Baseline;
    public long P1;
    public long UltraLowLatency;
    public long ConstantRate;
    public long FrameInterval;
    public long EndlessGroup;
    public long ZeroReorderDelay;
    public long ParameterSetsRepeated;
    public long BitsPerSecond;
    public long LargestBitsPerSecond;
    public long BufferBits;
    public long MaxEncoders;
    public long ReadsUntilFault;
    public long WritesUntilFault;

    /// <summary>Everything that somebody must give back one day, the one context apart.</summary>
    public readonly (long Bytes, long Decoders, long Mapped, long Encoders, long Buffers) Lent =>
        (Bytes, Decoders, Mapped, Encoders, Buffers);
}
