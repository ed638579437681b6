using System.Runtime.InteropServices;
using System.Text;
using Rtc.Media.Native;

namespace Rtc.Media.Codecs.Av;

/// <summary>
/// libavcodec and its libavutil of FFmpeg 5, 6 or 7, loaded once. Whatever has a name is set by name (av_opt_set); the
/// few fields that have none are reached by <see cref="AvLayout"/>, and a version without one is refused by name.
/// </summary>
internal sealed unsafe class AvLibrary
{
    public const string Package = "libavcodec59 (Debian 12), libavcodec60 (Ubuntu 24.04) or libavcodec61 (Debian 13)";

    public const int TryAgain = -11;
    public const int SearchChildren = 1;
    private const int LogQuiet = -8;

    private static readonly (int Codec, int Util)[] Releases = [(61, 59), (60, 58), (59, 57)];
    private static readonly Lazy<AvLibrary> Loaded = new(() => new AvLibrary());

    public readonly delegate* unmanaged<byte*, void*> FindDecoder;
    public readonly delegate* unmanaged<byte*, void*> FindEncoder;
    public readonly delegate* unmanaged<void*, byte*> AllocContext;
    public readonly delegate* unmanaged<byte**, void> FreeContext;
    public readonly delegate* unmanaged<void*, void*, void*, int> Open;
    public readonly delegate* unmanaged<void*, void*, int> SendPacket;
    public readonly delegate* unmanaged<void*, void*, int> ReceiveFrame;
    public readonly delegate* unmanaged<void*, void*, int> SendFrame;
    public readonly delegate* unmanaged<void*, void*, int> ReceivePacket;
    public readonly delegate* unmanaged<void*, void> Flush;
    public readonly delegate* unmanaged<byte*> AllocPacket;
    public readonly delegate* unmanaged<byte**, void> FreePacket;
    public readonly delegate* unmanaged<void*, void> UnrefPacket;
    public readonly delegate* unmanaged<void*, int, nuint*, byte*> PacketSideData;
    public readonly delegate* unmanaged<byte*> AllocFrame;
    public readonly delegate* unmanaged<byte**, void> FreeFrame;
    public readonly delegate* unmanaged<void*, void> UnrefFrame;
    public readonly delegate* unmanaged<void*, int, nuint, byte**> NewSideData;
    public readonly delegate* unmanaged<void**, int, byte*, void*, int, int> CreateDevice;
    public readonly delegate* unmanaged<void*, void*> AddReference;
    public readonly delegate* unmanaged<void*, void*, int, int> FetchFromDevice;
    private readonly delegate* unmanaged<byte*, int> _deviceType;
    private readonly delegate* unmanaged<byte*, int> _pixelFormat;
    private readonly delegate* unmanaged<void*, byte*, byte*, int, int> _setOption;
    private readonly delegate* unmanaged<int, byte*, nuint, int> _errorText;

    private AvLibrary()
    {
        (NativeModule codec, NativeModule util) = LoadPair();
        uint version = ((delegate* unmanaged<uint>)codec.Symbol("avcodec_version"))();
        string name = Marshal.PtrToStringUTF8((nint)((delegate* unmanaged<byte*>)util.Symbol("av_version_info"))()) ?? "unknown";
        Version = $"{name} (libavcodec {version >> 16}.{(version >> 8) & 255})";
        Layout = AvLayout.For((int)(version >> 16), Version);
        FindDecoder = (delegate* unmanaged<byte*, void*>)codec.Symbol("avcodec_find_decoder_by_name");
        FindEncoder = (delegate* unmanaged<byte*, void*>)codec.Symbol("avcodec_find_encoder_by_name");
        AllocContext = (delegate* unmanaged<void*, byte*>)codec.Symbol("avcodec_alloc_context3");
        FreeContext = (delegate* unmanaged<byte**, void>)codec.Symbol("avcodec_free_context");
        Open = (delegate* unmanaged<void*, void*, void*, int>)codec.Symbol("avcodec_open2");
        SendPacket = (delegate* unmanaged<void*, void*, int>)codec.Symbol("avcodec_send_packet");
        ReceiveFrame = (delegate* unmanaged<void*, void*, int>)codec.Symbol("avcodec_receive_frame");
        SendFrame = (delegate* unmanaged<void*, void*, int>)codec.Symbol("avcodec_send_frame");
        ReceivePacket = (delegate* unmanaged<void*, void*, int>)codec.Symbol("avcodec_receive_packet");
        Flush = (delegate* unmanaged<void*, void>)codec.Symbol("avcodec_flush_buffers");
        AllocPacket = (delegate* unmanaged<byte*>)codec.Symbol("av_packet_alloc");
        FreePacket = (delegate* unmanaged<byte**, void>)codec.Symbol("av_packet_free");
        UnrefPacket = (delegate* unmanaged<void*, void>)codec.Symbol("av_packet_unref");
        PacketSideData = (delegate* unmanaged<void*, int, nuint*, byte*>)codec.Symbol("av_packet_get_side_data");
        AllocFrame = (delegate* unmanaged<byte*>)util.Symbol("av_frame_alloc");
        FreeFrame = (delegate* unmanaged<byte**, void>)util.Symbol("av_frame_free");
        UnrefFrame = (delegate* unmanaged<void*, void>)util.Symbol("av_frame_unref");
        NewSideData = (delegate* unmanaged<void*, int, nuint, byte**>)util.Symbol("av_frame_new_side_data");
        CreateDevice = (delegate* unmanaged<void**, int, byte*, void*, int, int>)util.Symbol("av_hwdevice_ctx_create");
        AddReference = (delegate* unmanaged<void*, void*>)util.Symbol("av_buffer_ref");
        FetchFromDevice = (delegate* unmanaged<void*, void*, int, int>)util.Symbol("av_hwframe_transfer_data");
        _deviceType = (delegate* unmanaged<byte*, int>)util.Symbol("av_hwdevice_find_type_by_name");
        _pixelFormat = (delegate* unmanaged<byte*, int>)util.Symbol("av_get_pix_fmt");
        _setOption = (delegate* unmanaged<void*, byte*, byte*, int, int>)util.Symbol("av_opt_set");
        _errorText = (delegate* unmanaged<int, byte*, nuint, int>)util.Symbol("av_strerror");
        ((delegate* unmanaged<int, void>)util.Symbol("av_log_set_level"))(LogQuiet);
    }

    /// <exception cref="NativeLibraryMissingException">Not installed, or of an unknown version.</exception>
    public static AvLibrary Instance => Loaded.Value;

    public string Version { get; }

    public AvLayout Layout { get; }

    /// <summary>False where this version does not know the option or refuses the value.</summary>
    public bool TrySet(void* context, string name, string value)
    {
        fixed (byte* nameBytes = Encoding.UTF8.GetBytes(name + '\0'), valueBytes = Encoding.UTF8.GetBytes(value + '\0'))
        {
            return _setOption(context, nameBytes, valueBytes, SearchChildren) >= 0;
        }
    }

    public void Set(void* context, string name, string value)
    {
        if (!TrySet(context, name, value))
        {
            throw new InvalidOperationException($"FFmpeg {Version} does not take {name}={value}");
        }
    }

    public void* FindByName(string codec, bool encoder)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(codec + '\0'))
        {
            return encoder ? FindEncoder(name) : FindDecoder(name);
        }
    }

    /// <summary>AVHWDeviceType, 0 where this build does not know it.</summary>
    public int DeviceType(string name) => Ask(_deviceType, name);

    /// <summary>AVPixelFormat, negative where this build does not know it.</summary>
    public int PixelFormat(string name) => Ask(_pixelFormat, name);

    public string ErrorText(int error)
    {
        byte* text = stackalloc byte[128];
        return _errorText(error, text, 128) == 0 ? Marshal.PtrToStringUTF8((nint)text)! : $"error {error}";
    }

    /// <summary>The library is here, and H.264 is in it both ways.</summary>
    public static bool HasH264 =>
        Report().Ok && Instance.FindByName("h264", encoder: false) is not null && Instance.FindByName("libx264", encoder: true) is not null;

    public static NativeLibraryReport Report() => Probe.Report("libavcodec", "H.264", Package, () =>
    {
        AvLibrary library = Instance;
        return library.FindByName("libx264", encoder: true) is not null
            ? library.Version
            : $"{library.Version}, decodes only: no libx264 in it";
    });

    private static int Ask(delegate* unmanaged<byte*, int> function, string name)
    {
        fixed (byte* bytes = Encoding.UTF8.GetBytes(name + '\0'))
        {
            return function(bytes);
        }
    }

    private static (NativeModule Codec, NativeModule Util) LoadPair()
    {
        foreach ((int codec, int util) in Releases)
        {
            // libavutil of the same release: structures of one must not be handed to another's functions.
            if (NativeModule.TryLoad([$"libavcodec.so.{codec}"], out NativeModule? codecModule)
                && NativeModule.TryLoad([$"libavutil.so.{util}"], out NativeModule? utilModule))
            {
                return (codecModule!, utilModule!);
            }
        }

        // Another release altogether is named rather than called missing.
        return NativeModule.TryLoad(["libavcodec.so.58", "libavcodec.so.62", "libavcodec.so"], out NativeModule? other)
            ? throw new NativeLibraryMissingException(
                $"{other!.FileName} is of an FFmpeg that is not known here (5 to 7 are): apt install {Package}")
            : throw new NativeLibraryMissingException($"libavcodec is not installed: apt install {Package}");
    }
}
