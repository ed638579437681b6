using Rtc.Media.Native;

namespace Rtc.Media.Codecs.Av;

/// <summary>
/// Where the nameless fields lie on 64-bit Unix. Most of AVFrame's and AVPacket's used ones have not moved from FFmpeg 5
/// to 7; AVCodecContext was reordered for 7. Within a major version fields are added at the end only. What is read from
/// here is checked against known defaults when a codec is opened.
/// </summary>
/// <param name="HardwareDevice">AVCodecContext.hw_device_ctx.</param>
/// <param name="FrameRange">AVFrame.color_range.</param>
internal sealed record AvLayout(int TimeBase, int Width, int Height, int PixelFormat, int HardwareDevice, int FrameRange)
{
    public const int PixelI420 = 0;
    public const int PixelI420Full = 12;
    public const int PixelNone = -1;
    public const int InputPadding = 64;

    /// <exception cref="NativeLibraryMissingException">No layout is known for this version.</exception>
    public static AvLayout For(int codecMajor, string version)
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
        {
            throw new NativeLibraryMissingException($"FFmpeg {version}: its structures are known on 64-bit Linux only");
        }

        return codecMajor switch
        {
            59 => new AvLayout(TimeBase: 100, Width: 116, Height: 120, PixelFormat: 136, HardwareDevice: 872, FrameRange: 320),
            60 => new AvLayout(TimeBase: 100, Width: 116, Height: 120, PixelFormat: 136, HardwareDevice: 864, FrameRange: 320),
            61 => new AvLayout(TimeBase: 84, Width: 116, Height: 120, PixelFormat: 140, HardwareDevice: 560, FrameRange: 296),
            _ => throw new NativeLibraryMissingException(
                $"FFmpeg {version} is not known here (5 to 7 are): apt install {AvLibrary.Package}"),
        };
    }

    /// <summary>AVCodecContext, the same in all.</summary>
    public static class Context
    {
        public const int BitRate = 56;
    }

    public static class Frame
    {
        public const int Data = 0;
        public const int Strides = 64;
        public const int Width = 104;
        public const int Height = 108;
        public const int Format = 116;
        public const int PictureType = 124;
        public const int Pts = 136;
        public const int TypeIntra = 1;

        /// <summary>AVCOL_RANGE_JPEG.</summary>
        public const int FullRange = 2;
        public const int SideDataRegions = 18;

        /// <summary>AVFrameSideData: type, data, size.</summary>
        public const int SideDataBytes = 8;
    }

    public static class Packet
    {
        public const int Pts = 8;
        public const int Data = 24;
        public const int Size = 32;
        public const int Flags = 40;
        public const int FlagKey = 1;
        public const int SideDataQuality = 8;
    }
}
