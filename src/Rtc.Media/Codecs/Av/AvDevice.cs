using Rtc.Media.Native;

namespace Rtc.Media.Codecs.Av;

/// <summary>
/// The graphics card as libavcodec's CUDA device: one context for every codec of the process, since each one costs the
/// card and the process some hundred megabytes. Opened when a codec first asks, and kept for the life of the process.
/// </summary>
internal sealed unsafe class AvDevice
{
    private const string Kind = "cuda";

    private static readonly Lazy<AvDevice?> Opened = new(Open);

    private readonly AvLibrary _library;
    private readonly void* _reference;

    private AvDevice(AvLibrary library, void* reference, int pixelFormat)
    {
        _library = library;
        _reference = reference;
        PixelFormat = pixelFormat;
        LandedFormat = library.PixelFormat("nv12");
    }

    /// <summary>Null where there is no NVIDIA driver, no card, or an FFmpeg built without them.</summary>
    public static AvDevice? Instance => Opened.Value;

    /// <summary>AV_PIX_FMT_CUDA: the picture lies on the card.</summary>
    public int PixelFormat { get; }

    /// <summary>AV_PIX_FMT_NV12: how an 8-bit 4:2:0 picture comes back from it.</summary>
    public int LandedFormat { get; }

    /// <summary>The context gets a reference of its own, which it gives back when it is freed.</summary>
    public void GiveTo(AvContext context)
    {
        void** place = (void**)(context.Pointer + _library.Layout.HardwareDevice);
        if (*place is null)
        {
            *place = _library.AddReference(_reference);
        }
    }

    /// <summary>One line for <c>rtc doctor</c>; a machine without a card lacks nothing that it needs.</summary>
    public static NativeLibraryReport Report() => Probe.Report("video card", "H.264", "nvidia-driver", () =>
    {
        AvLibrary library = AvLibrary.Instance;
        return Instance is null ? "none with NVENC or NVDEC: the processor does it"
            : library.FindByName(H264.H264Writer.Nvenc, encoder: true) is null ? "NVDEC; this FFmpeg is without NVENC"
            : "NVENC, NVDEC";
    });

    private static AvDevice? Open()
    {
        AvLibrary library = AvLibrary.Instance;
        int type = library.DeviceType(Kind);
        int pixelFormat = library.PixelFormat(Kind);
        void* reference = null;
        return type > 0 && pixelFormat >= 0 && library.CreateDevice(&reference, type, null, null, 0) >= 0
            ? new AvDevice(library, reference, pixelFormat)
            : null;
    }
}
