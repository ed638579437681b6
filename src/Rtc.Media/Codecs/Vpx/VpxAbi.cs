using Rtc.Media.Native;

namespace Rtc.Media.Codecs.Vpx;

/// <summary>
/// The numbers a version of libvpx wants to see before it believes that the caller knows its structures, and
/// where the fields that are used lie in them (64-bit Unix). The offsets were printed by a C program from the headers of
/// 1.11, 1.12, 1.14, 1.15 and 1.17: they are the same in all. <see cref="VpxLibrary"/> holds them against the defaults that libvpx fills
/// in, so that a
/// build which lays them out otherwise is refused and not misused.
/// </summary>
/// <param name="Decoder">For vpx_codec_dec_init_ver.</param>
/// <param name="Encoder">For vpx_codec_enc_init_ver: the ones to try, likeliest first. A wrong one is refused and does nothing.</param>
internal sealed record VpxAbi(int Decoder, int[] Encoder)
{
    public const int ContextBytes = 56;
    public const int ImageBytes = 136;
    public const int DecoderConfigBytes = 12;

    // vpx_codec_enc_cfg_t is 504 bytes up to 1.17; the slack is for versions that append.
    public const int EncoderConfigBytes = 1024;

    public const int AbiMismatch = 3;

    /// <exception cref="NativeLibraryMissingException">The version is not in the table.</exception>
    public static VpxAbi For(string version, string fileName)
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
        {
            throw new NativeLibraryMissingException($"{fileName} {version}: its structures are known on 64-bit Linux only");
        }

        // "v1.12.0", "v1.13.1-…": patch releases keep the ABI.
        string[] parts = version.TrimStart('v').Split('.', '-');
        return parts is ["1", var minor, ..]
            ? minor switch
            {
                // Printed from the headers that Debian and Ubuntu ship with these versions.
                "11" or "12" => new VpxAbi(12, Encoders(25)),
                "13" or "14" => new VpxAbi(12, Encoders(34)),
                "15" => new VpxAbi(12, Encoders(36)),
                "16" or "17" => new VpxAbi(12, Encoders(39)),
                _ => throw Unknown(version, fileName),
            }
            : throw Unknown(version, fileName);
    }

    /// <summary>Whether the VP8 encoder's defaults lie where they should: eight that no shifted layout would also give.</summary>
    public static unsafe bool Fits(byte* defaults)
    {
        return At(Config.Width) == 320 && At(Config.Height) == 240
            && At(Config.TimebaseNumerator) == 1 && At(Config.TimebaseDenominator) == 30
            && At(Config.TargetBitrate) == 256 && At(Config.MaxQuantizer) == 63
            && At(Config.BufferSize) == 6000 && At(Config.LayerCount) == 1;

        int At(int offset) => *(int*)(defaults + offset);
    }

    /// <summary>
    /// The encoder's number has the VP9 rate control interface's in it, which moves without VP8's structures moving: the
    /// one of the release first, then the others near it, for builds between releases.
    /// </summary>
    private static int[] Encoders(int likeliest) => [likeliest, .. Enumerable.Range(25, 21).Where(number => number != likeliest)];

    private static NativeLibraryMissingException Unknown(string version, string fileName) =>
        new($"{fileName} is libvpx {version}, whose structures are not known here: install {VpxLibrary.Package}");

    /// <summary>vpx_image_t.</summary>
    public static class Image
    {
        public const int Format = 0;
        public const int Width = 12;
        public const int Height = 16;
        public const int BitDepth = 20;
        public const int DisplayWidth = 24;
        public const int DisplayHeight = 28;
        public const int ChromaShiftX = 40;
        public const int ChromaShiftY = 44;
        public const int Planes = 48;
        public const int Strides = 80;
        public const int BitsPerSample = 96;
        public const int I420 = 258;
    }

    /// <summary>vpx_codec_enc_cfg_t.</summary>
    public static class Config
    {
        public const int Threads = 4;
        public const int Width = 12;
        public const int Height = 16;
        public const int TimebaseNumerator = 28;
        public const int TimebaseDenominator = 32;
        public const int ErrorResilient = 36;
        public const int LagInFrames = 44;
        public const int DropFrameThreshold = 48;
        public const int EndUsage = 72;
        public const int TargetBitrate = 112;
        public const int MinQuantizer = 116;
        public const int MaxQuantizer = 120;
        public const int Undershoot = 124;
        public const int Overshoot = 128;
        public const int BufferSize = 132;
        public const int BufferInitial = 136;
        public const int BufferOptimal = 140;
        public const int KeyFrameMode = 160;
        public const int LayerCount = 216;
        public const int LayerBitrates = 220;
        public const int LayerDecimators = 240;
        public const int LayerPeriodicity = 260;
        public const int LayerIds = 264;
    }

    /// <summary>vpx_codec_cx_pkt_t of kind 0, a compressed frame.</summary>
    public static class Packet
    {
        public const int Kind = 0;
        public const int Buffer = 8;
        public const int Size = 16;
        public const int Flags = 40;
        public const uint FlagKey = 1;
    }

    /// <summary>vpx_roi_map_t, 168 bytes.</summary>
    public static class RegionMap
    {
        public const int Bytes = 168;
        public const int Enabled = 0;
        public const int Map = 8;
        public const int Rows = 16;
        public const int Columns = 20;
        public const int DeltaQuantizer = 24;
    }

    /// <summary>Identities of vpx_codec_control_ (vp8cx.h, vp8dx.h).</summary>
    public static class Control
    {
        public const int SetRegionMap = 8;
        public const int SetCpuUsed = 13;
        public const int SetStaticThreshold = 17;
        public const int SetTokenPartitions = 18;
        public const int GetLastQuantizer64 = 20;
        public const int SetMaxIntraBitratePercent = 26;
        public const int SetTemporalLayerId = 30;
        public const int GetFrameCorrupted = 257;
        public const int GetDecodedQuantizer = 267;
    }
}
