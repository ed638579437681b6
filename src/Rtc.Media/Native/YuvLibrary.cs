namespace Rtc.Media.Native;

/// <summary>libyuv, loaded once: the few of its functions that are quicker there than anything written here would be.</summary>
internal sealed unsafe class YuvLibrary
{
    public const string Package = "libyuv0";

    /// <summary>kFilterBilinear and kFilterBox: the latter averages all that a smaller pixel covers.</summary>
    public const int FilterBilinear = 2;
    public const int FilterBox = 3;

    private static readonly string[] FileNames = ["libyuv.so.0", "libyuv.so"];
    private static readonly Lazy<YuvLibrary> Loaded = new(() => new YuvLibrary());

    public readonly delegate* unmanaged<
        byte*, int, byte*, int, byte*, int, int, int, byte*, int, byte*, int, byte*, int, int, int, int, int> Scale;
    public readonly delegate* unmanaged<byte*, int, byte*, int, byte*, int, byte*, int, byte*, int, byte*, int, int, int, int, int> Rotate;
    public readonly delegate* unmanaged<byte*, int, byte*, int, int, int, void> MirrorPlane;
    public readonly delegate* unmanaged<byte*, int, byte*, int, byte*, int, byte*, int, byte*, int, int, int, int> FromNv12;

    private YuvLibrary()
    {
        NativeModule module = NativeModule.Load(FileNames, Package);
        FileName = module.FileName;
        Scale = (delegate* unmanaged<
            byte*, int, byte*, int, byte*, int, int, int, byte*, int, byte*, int, byte*, int, int, int, int, int>)module
            .Symbol("I420Scale");
        Rotate = (delegate* unmanaged<byte*, int, byte*, int, byte*, int, byte*, int, byte*, int, byte*, int, int, int, int, int>)module
            .Symbol("I420Rotate");
        MirrorPlane = (delegate* unmanaged<byte*, int, byte*, int, int, int, void>)module.Symbol("MirrorPlane");
        FromNv12 = (delegate* unmanaged<byte*, int, byte*, int, byte*, int, byte*, int, byte*, int, int, int, int>)module
            .Symbol("NV12ToI420");
    }

    /// <exception cref="NativeLibraryMissingException">Not installed.</exception>
    public static YuvLibrary Instance => Loaded.Value;

    /// <summary>libyuv does not say its version at run time.</summary>
    public string FileName { get; }

    public static NativeLibraryReport Report() => Probe.Report("libyuv", "scale, rotate", Package, () => Instance.FileName);
}
