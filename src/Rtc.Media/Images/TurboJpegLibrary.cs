using System.Runtime.InteropServices;
using Rtc.Media.Native;

namespace Rtc.Media.Images;

/// <summary>TurboJPEG's C API, loaded once. Version 2 of it is also what version 3 still exports.</summary>
internal sealed unsafe class TurboJpegLibrary
{
    public const string Package = "libturbojpeg0";

    public const int Samples420 = 2;
    public const int PixelsBgra = 8;

    private static readonly string[] FileNames = ["libturbojpeg.so.0", "libturbojpeg.so"];
    private static readonly Lazy<TurboJpegLibrary> Loaded = new(() => new TurboJpegLibrary());

    public readonly delegate* unmanaged<nint> InitCompress;
    public readonly delegate* unmanaged<nint> InitDecompress;
    public readonly delegate* unmanaged<nint, int> Destroy;
    public readonly delegate* unmanaged<nint, byte**, int, int*, int, int, byte**, CULong*, int, int, int> CompressPlanes;
    public readonly delegate* unmanaged<nint, byte*, CULong, int*, int*, int*, int*, int> ReadHeader;
    public readonly delegate* unmanaged<nint, byte*, CULong, byte**, int, int*, int, int, int> DecompressPlanes;
    public readonly delegate* unmanaged<nint, byte*, CULong, byte*, int, int, int, int, int, int> DecompressPixels;
    public readonly delegate* unmanaged<void*, void> Free;
    private readonly delegate* unmanaged<nint, byte*> _error;

    private TurboJpegLibrary()
    {
        NativeModule module = NativeModule.Load(FileNames, Package);
        FileName = module.FileName;
        InitCompress = (delegate* unmanaged<nint>)module.Symbol("tjInitCompress");
        InitDecompress = (delegate* unmanaged<nint>)module.Symbol("tjInitDecompress");
        Destroy = (delegate* unmanaged<nint, int>)module.Symbol("tjDestroy");
        CompressPlanes = (delegate* unmanaged<nint, byte**, int, int*, int, int, byte**, CULong*, int, int, int>)module
            .Symbol("tjCompressFromYUVPlanes");
        ReadHeader = (delegate* unmanaged<nint, byte*, CULong, int*, int*, int*, int*, int>)module.Symbol("tjDecompressHeader3");
        DecompressPlanes = (delegate* unmanaged<nint, byte*, CULong, byte**, int, int*, int, int, int>)module
            .Symbol("tjDecompressToYUVPlanes");
        DecompressPixels = (delegate* unmanaged<nint, byte*, CULong, byte*, int, int, int, int, int, int>)module.Symbol("tjDecompress2");
        Free = (delegate* unmanaged<void*, void>)module.Symbol("tjFree");
        _error = (delegate* unmanaged<nint, byte*>)module.Symbol("tjGetErrorStr2");
    }

    /// <exception cref="NativeLibraryMissingException">Not installed.</exception>
    public static TurboJpegLibrary Instance => Loaded.Value;

    /// <summary>The library does not say its version at run time.</summary>
    public string FileName { get; }

    public string Error(nint handle) => Marshal.PtrToStringUTF8((nint)_error(handle)) ?? "unknown error";

    public static NativeLibraryReport Report() => Probe.Report("libturbojpeg", "JPEG", Package, () => Instance.FileName);
}
