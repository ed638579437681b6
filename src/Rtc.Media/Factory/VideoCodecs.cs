using Rtc.Media.Codecs;
using Rtc.Media.Codecs.Av;
using Rtc.Media.Codecs.H264;
using Rtc.Media.Codecs.Vpx;
using Rtc.Media.Images;
using Rtc.Media.Native;

namespace Rtc.Media.Factory;

/// <summary>Opens codecs by name, and says which native libraries this machine has.</summary>
public static class VideoCodecs
{
    private static readonly Lazy<bool> UsableVp8 = new(() => VpxLibrary.Report().Ok);
    private static readonly Lazy<bool> UsableH264 = new(() => AvLibrary.HasH264);

    /// <summary>
    /// Whether this machine's library both reads and writes the codec. The first asking loads it: libavcodec brings
    /// fifty others with it and 15 MB, so ask for H.264 only when somebody speaks it.
    /// </summary>
    public static bool IsUsable(VideoCodec codec) => codec == VideoCodec.H264 ? UsableH264.Value : UsableVp8.Value;

    /// <exception cref="NativeLibraryMissingException">The codec's library is not here, or of an unknown version.</exception>
    public static IVideoDecoder CreateDecoder(
        VideoCodec codec, CodecHardware hardware = CodecHardware.Auto, long maxPixels = Picture.MaxPixels,
        PictureMemory? memory = null) => codec switch
    {
        VideoCodec.Vp8 => new Vp8Decoder(maxPixels, memory),
        VideoCodec.H264 => new H264Decoder(hardware, maxPixels, memory),
        _ => throw new ArgumentOutOfRangeException(nameof(codec), codec, "no decoder for this codec"),
    };

    /// <exception cref="NativeLibraryMissingException">The codec's library is not here, or of an unknown version.</exception>
    public static IVideoEncoder CreateEncoder(VideoCodec codec, EncoderSettings settings) => codec switch
    {
        VideoCodec.Vp8 => new Vp8Encoder(settings),
        VideoCodec.H264 => new H264Encoder(settings),
        _ => throw new ArgumentOutOfRangeException(nameof(codec), codec, "no encoder for this codec"),
    };

    /// <summary>One line for each native library, for <c>rtc doctor</c>.</summary>
    public static IReadOnlyList<NativeLibraryReport> Report()
    {
        NativeLibraryReport libavcodec = AvLibrary.Report();
        return
        [
            VpxLibrary.Report(),
            libavcodec,
            .. libavcodec.Ok ? [AvDevice.Report()] : Array.Empty<NativeLibraryReport>(),
            YuvLibrary.Report(),
            Jpeg.Report(),
        ];
    }
}
