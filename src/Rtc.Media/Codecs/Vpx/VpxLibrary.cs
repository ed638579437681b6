using System.Runtime.InteropServices;
using Rtc.Media.Native;

namespace Rtc.Media.Codecs.Vpx;

/// <summary>
/// libvpx, loaded once: the functions that VP8 needs, and the ABI of the version found. Its structures are
/// reached by offset, so a version that is not in <see cref="VpxAbi"/>'s table is refused by name.
/// </summary>
internal sealed unsafe class VpxLibrary
{
    public const string Package = "libvpx7 (Debian 12, Ubuntu 22.04) or libvpx9 (Debian 13, Ubuntu 24.04)";

    private static readonly string[] FileNames = ["libvpx.so.7", "libvpx.so.9", "libvpx.so.8", "libvpx.so.11", "libvpx.so.12"];
    private static readonly Lazy<VpxLibrary> Loaded = new(() => new VpxLibrary());

    public readonly delegate* unmanaged<void*> DecoderInterface;
    public readonly delegate* unmanaged<void*> EncoderInterface;
    public readonly delegate* unmanaged<void*, void*, void*, CLong, int, int> DecoderInit;
    public readonly delegate* unmanaged<void*, byte*, uint, void*, CLong, int> Decode;
    public readonly delegate* unmanaged<void*, nint*, byte*> GetFrame;
    public readonly delegate* unmanaged<void*, void*, uint, int> EncoderDefaults;
    public readonly delegate* unmanaged<void*, void*, void*, CLong, int, int> EncoderInit;
    public readonly delegate* unmanaged<void*, void*, int> EncoderConfigure;
    public readonly delegate* unmanaged<void*, void*, long, CULong, CLong, CULong, int> Encode;
    public readonly delegate* unmanaged<void*, nint*, byte*> GetPacket;
    public readonly delegate* unmanaged<void*, int> Destroy;

    // vpx_codec_control_ is variadic. The System V ABI of x64 passes a variadic int or pointer where a fixed one
    // goes (AL, the count of vector registers, is only read as an upper bound and no float is passed), and so does
    // AAPCS64 on Linux. Apple's arm64 puts variadic arguments on the stack and is refused in VpxAbi.
    public readonly delegate* unmanaged<void*, int, int, int> ControlInt;
    public readonly delegate* unmanaged<void*, int, void*, int> ControlPointer;

    private readonly delegate* unmanaged<int, byte*> _errorText;

    private VpxLibrary()
    {
        NativeModule module = NativeModule.Load(FileNames, Package);
        Version = Marshal.PtrToStringUTF8((nint)((delegate* unmanaged<byte*>)module.Symbol("vpx_codec_version_str"))()) ?? "unknown";
        Abi = VpxAbi.For(Version, module.FileName);
        DecoderInterface = (delegate* unmanaged<void*>)module.Symbol("vpx_codec_vp8_dx");
        EncoderInterface = (delegate* unmanaged<void*>)module.Symbol("vpx_codec_vp8_cx");
        DecoderInit = (delegate* unmanaged<void*, void*, void*, CLong, int, int>)module.Symbol("vpx_codec_dec_init_ver");
        Decode = (delegate* unmanaged<void*, byte*, uint, void*, CLong, int>)module.Symbol("vpx_codec_decode");
        GetFrame = (delegate* unmanaged<void*, nint*, byte*>)module.Symbol("vpx_codec_get_frame");
        EncoderDefaults = (delegate* unmanaged<void*, void*, uint, int>)module.Symbol("vpx_codec_enc_config_default");
        EncoderInit = (delegate* unmanaged<void*, void*, void*, CLong, int, int>)module.Symbol("vpx_codec_enc_init_ver");
        EncoderConfigure = (delegate* unmanaged<void*, void*, int>)module.Symbol("vpx_codec_enc_config_set");
        Encode = (delegate* unmanaged<void*, void*, long, CULong, CLong, CULong, int>)module.Symbol("vpx_codec_encode");
        GetPacket = (delegate* unmanaged<void*, nint*, byte*>)module.Symbol("vpx_codec_get_cx_data");
        Destroy = (delegate* unmanaged<void*, int>)module.Symbol("vpx_codec_destroy");
        nint control = module.Symbol("vpx_codec_control_");
        ControlInt = (delegate* unmanaged<void*, int, int, int>)control;
        ControlPointer = (delegate* unmanaged<void*, int, void*, int>)control;
        _errorText = (delegate* unmanaged<int, byte*>)module.Symbol("vpx_codec_err_to_string");
        byte* defaults = stackalloc byte[VpxAbi.EncoderConfigBytes];
        if (EncoderDefaults(EncoderInterface(), defaults, 0) != 0 || !VpxAbi.Fits(defaults))
        {
            throw new NativeLibraryMissingException(
                $"{module.FileName} is libvpx {Version}, but lays its structures out in a way not known here: install {Package}");
        }
    }

    /// <exception cref="NativeLibraryMissingException">Not installed, or of an unknown version.</exception>
    public static VpxLibrary Instance => Loaded.Value;

    public string Version { get; }

    public VpxAbi Abi { get; }

    public string ErrorText(int error) => Marshal.PtrToStringUTF8((nint)_errorText(error)) ?? $"error {error}";

    public static NativeLibraryReport Report() =>
        Probe.Report("libvpx", "VP8", Package, () => Instance.Version);
}
