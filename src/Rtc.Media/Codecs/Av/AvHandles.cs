using System.Runtime.InteropServices;
using Rtc.Media.Native;

namespace Rtc.Media.Codecs.Av;

/// <summary>Owns one AVCodecContext.</summary>
internal sealed unsafe class AvContext : SafeHandle
{
    private readonly AvLibrary _library;

    public AvContext(AvLibrary library, void* codec)
        : base(0, ownsHandle: true)
    {
        _library = library;
        SetHandle((nint)library.AllocContext(codec));
        if (IsInvalid)
        {
            throw new InsufficientMemoryException("FFmpeg gives no codec context");
        }

        // A fresh context has no pixel format. Anything else there means that this build lays its fields out otherwise.
        if (*(int*)(Pointer + library.Layout.PixelFormat) != AvLayout.PixelNone
            || *(long*)(Pointer + library.Layout.Width) != 0
            || *(void**)(Pointer + library.Layout.HardwareDevice) is not null)
        {
            Dispose();
            throw new NativeLibraryMissingException($"FFmpeg {library.Version} lays its structures out in a way not known here");
        }
    }

    public override bool IsInvalid => handle == 0;

    public byte* Pointer => !IsClosed ? (byte*)handle : throw new ObjectDisposedException(nameof(AvContext));

    protected override bool ReleaseHandle()
    {
        byte* context = (byte*)handle;
        _library.FreeContext(&context);
        return true;
    }
}

/// <summary>Owns one AVFrame.</summary>
internal sealed unsafe class AvFrame : SafeHandle
{
    private readonly AvLibrary _library;

    public AvFrame(AvLibrary library)
        : base(0, ownsHandle: true)
    {
        _library = library;
        SetHandle((nint)library.AllocFrame());
    }

    public override bool IsInvalid => handle == 0;

    public byte* Pointer => !IsClosed ? (byte*)handle : throw new ObjectDisposedException(nameof(AvFrame));

    protected override bool ReleaseHandle()
    {
        byte* frame = (byte*)handle;
        _library.FreeFrame(&frame);
        return true;
    }
}

/// <summary>Owns one AVPacket.</summary>
internal sealed unsafe class AvPacket : SafeHandle
{
    private readonly AvLibrary _library;

    public AvPacket(AvLibrary library)
        : base(0, ownsHandle: true)
    {
        _library = library;
        SetHandle((nint)library.AllocPacket());
    }

    public override bool IsInvalid => handle == 0;

    public byte* Pointer => !IsClosed ? (byte*)handle : throw new ObjectDisposedException(nameof(AvPacket));

    protected override bool ReleaseHandle()
    {
        byte* packet = (byte*)handle;
        _library.FreePacket(&packet);
        return true;
    }
}
