using System.Runtime.InteropServices;

namespace Rtc.Media.Images;

/// <summary>Owns one compressor or decompressor of TurboJPEG.</summary>
internal sealed unsafe class TurboJpegHandle : SafeHandle
{
    private TurboJpegHandle(nint instance)
        : base(0, ownsHandle: true) => SetHandle(instance);

    public override bool IsInvalid => handle == 0;

    public nint Value => handle;

    public static TurboJpegHandle Compressor() => Check(TurboJpegLibrary.Instance.InitCompress());

    public static TurboJpegHandle Decompressor() => Check(TurboJpegLibrary.Instance.InitDecompress());

    protected override bool ReleaseHandle()
    {
        TurboJpegLibrary.Instance.Destroy(handle);
        return true;
    }

    private static TurboJpegHandle Check(nint instance) =>
        instance != 0 ? new TurboJpegHandle(instance) : throw new InvalidOperationException("TurboJPEG gives no instance");
}
