using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Rtc.Media.Codecs.Vpx;

/// <summary>
/// I420 to VP8 through libvpx for a live call: constant bitrate, nothing held back, key frames only when asked.
/// The effort follows the time that pictures take (<see cref="EncoderSettings.CpuBudget"/>).
/// </summary>
public sealed unsafe class Vp8Encoder : IVideoEncoder
{
    private const int ClockRate = 90_000;
    private const uint Realtime = 1;
    private const int ForceKeyFlag = 1;
    private const uint ConstantBitrate = 1;

    // Measured with libvpx 1.12: positive cpu-used is as slow as −4, −12 is the last step that still gains time;
    // maxq 56 overshoots a low rate twofold, 63 holds it. From −5 to −8 a picture of a real clip loses 0.2 dB of 43 to 51
    // at any rate from 150 to 1200 kbit/s, and a tenth of its processor time.
    private const int SlowestSpeed = 8;
    private const int FastestSpeed = 12;

    // Measured on a real clip of 640×480: from 2 to 8 it loses 2.9 dB of 50.8, which no eye sees, nearly half of the
    // bits and a quarter of the encoder's time. What the rate does not allow anyway is coded as before.
    private const int MinQuantizer = 8;
    private const int MaxQuantizer = 63;

    // A block whose squared error is below this is left as it was: less than one step of brightness a pixel. Measured on two
    // fixed cameras: an eighth of the processor's time and a twentieth of the bits, 0.1 to 0.6 dB of 47 to 51.
    private const int StaticThreshold = 200;

    // A key frame may take as much as 4.5 average pictures: more would stall the pacer for a sixth of a second.
    private const int MaxKeyPercent = 450;
    private const int DropBelowBufferPercent = 25;

    private readonly VpxLibrary _library = VpxLibrary.Instance;
    private readonly EncoderSettings _settings;
    private readonly EncoderSpeed _speed;
    private readonly byte* _config;
    private readonly byte* _image;
    private VpxContext? _context;
    private Vp8Interest? _interest;
    private int _width;
    private int _height;
    private int _bitrate;
    private int _layers;
    private int _wantedLayers;
    private int _minQuantizer = MinQuantizer;
    private bool _rateChanged;
    private int _slot;
    private bool _needKey = true;
    private bool _started;
    private uint _lastRtp;
    private long _time;

    public Vp8Encoder(EncoderSettings settings)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.TemporalLayers, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(settings.TemporalLayers, Vp8Layers.Max);
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.FramesPerSecond, 1);
        _settings = settings;
        _layers = _wantedLayers = settings.TemporalLayers;
        _bitrate = Math.Max(1, settings.BitrateKbps);
        _speed = new EncoderSpeed(SlowestSpeed, FastestSpeed, settings.Width * settings.Height > 640 * 480 ? 9 : 8);
        _config = (byte*)NativeMemory.AllocZeroed(VpxAbi.EncoderConfigBytes);
        _image = (byte*)NativeMemory.AllocZeroed(VpxAbi.ImageBytes);
        Open(settings.Width, settings.Height);
    }

    ~Vp8Encoder() => FreeMemory();

    public VideoCodec Codec => VideoCodec.Vp8;

    public void SetBitrate(int kilobitsPerSecond)
    {
        kilobitsPerSecond = Math.Max(1, kilobitsPerSecond);
        _rateChanged |= kilobitsPerSecond != _bitrate;
        _bitrate = kilobitsPerSecond;
    }

    public void SetTemporalLayers(int layers) => _wantedLayers = Math.Clamp(layers, 1, Vp8Layers.Max);

    public void SetMinQuantizer(int quantizer)
    {
        quantizer = Math.Clamp(quantizer, MinQuantizer, MaxQuantizer);
        _rateChanged |= quantizer != _minQuantizer;
        _minQuantizer = quantizer;
    }

    public void SetInterest(Mask? subject, int strength)
    {
        _interest ??= new Vp8Interest(_library);
        _interest.Set(subject, strength);
    }

    public EncodedFrame? Encode(Picture picture, uint rtpTimestamp, bool forceKey)
    {
        ObjectDisposedException.ThrowIf(_context is null, this);
        if (picture.Width != _width || picture.Height != _height)
        {
            // config_set can only shrink and grow back to the first size; a new encoder takes any, in a few ms.
            Open(picture.Width, picture.Height);
        }

        FollowLayers(forceKey);
        ApplyRate();
        long duration = AdvanceClock(rtpTimestamp);
        ReadOnlySpan<Vp8Layers.Slot> pattern = Vp8Layers.Pattern(_layers);
        Vp8Layers.Slot slot = pattern[_slot];
        if (pattern.Length > 1)
        {
            _library.ControlInt(_context.Pointer, VpxAbi.Control.SetTemporalLayerId, slot.Layer);
        }

        // The segment map stays in force until changed: only a picture that is never left out may change it.
        if (slot.Layer == 0)
        {
            _interest?.Apply(_context, _width, _height);
        }

        long before = Stopwatch.GetTimestamp();
        EncodedFrame? coded = Compress(picture, rtpTimestamp, duration, forceKey || _needKey ? ForceKeyFlag : slot.Flags);
        double milliseconds = Stopwatch.GetElapsedTime(before).TotalMilliseconds;
        if (coded is null)
        {
            return null;
        }

        _needKey = false;
        _slot = (_slot + 1) % pattern.Length;
        coded.TemporalLayer = slot.Layer;
        coded.LayerSync = slot.Sync;
        int quantizer = -1;
        _library.ControlPointer(_context.Pointer, VpxAbi.Control.GetLastQuantizer64, &quantizer);
        coded.Stats = new EncodeStats(coded.Length, quantizer, milliseconds, _speed.Current);
        if (!coded.IsKey && _speed.Observe(milliseconds, 1000.0 / _settings.FramesPerSecond * _settings.CpuBudget))
        {
            _library.ControlInt(_context.Pointer, VpxAbi.Control.SetCpuUsed, -_speed.Current);
        }

        return coded;
    }

    public void Dispose()
    {
        if (_context is not null)
        {
            _context.Dispose();
            _context = null;
            _interest?.Dispose();
            FreeMemory();
            GC.SuppressFinalize(this);
        }
    }

    /// <summary>The pattern of layers begins anew with a key frame; another number of layers begins with the pattern.</summary>
    private void FollowLayers(bool forceKey)
    {
        if (forceKey || _needKey)
        {
            _slot = 0;
        }

        if (_slot == 0 && _layers != _wantedLayers)
        {
            // Of three, the middle one is in GOLDEN, which not everybody has.
            _needKey |= _layers == Vp8Layers.Max;
            _layers = _wantedLayers;
            _rateChanged = true;
        }
    }

    private void ApplyRate()
    {
        if (_rateChanged)
        {
            WriteRate();
            Check(_library.EncoderConfigure(_context!.Pointer, _config), "rate");
            _rateChanged = false;
        }
    }

    private EncodedFrame? Compress(Picture picture, uint rtpTimestamp, long duration, int flags)
    {
        Wrap(picture);
        Check(
            _library.Encode(_context!.Pointer, _image, _time, new CULong((nuint)duration), new CLong(flags), new CULong(Realtime)),
            "picture");
        return TakePackets(rtpTimestamp);
    }

    private void Open(int width, int height)
    {
        _context?.Dispose();
        _width = width;
        _height = height;
        int threads = _settings.Threads > 0 ? _settings.Threads : ThreadsFor(width * height);
        Check(_library.EncoderDefaults(_library.EncoderInterface(), _config, 0), "defaults");
        Set(VpxAbi.Config.Threads, threads);
        Set(VpxAbi.Config.Width, width);
        Set(VpxAbi.Config.Height, height);
        Set(VpxAbi.Config.TimebaseNumerator, 1);
        Set(VpxAbi.Config.TimebaseDenominator, ClockRate);
        Set(VpxAbi.Config.ErrorResilient, 1);
        Set(VpxAbi.Config.LagInFrames, 0);
        Set(VpxAbi.Config.DropFrameThreshold, _settings.MayDrop ? DropBelowBufferPercent : 0);
        Set(VpxAbi.Config.EndUsage, (int)ConstantBitrate);
        Set(VpxAbi.Config.MaxQuantizer, MaxQuantizer);
        Set(VpxAbi.Config.Undershoot, 100);
        Set(VpxAbi.Config.Overshoot, 15);
        Set(VpxAbi.Config.BufferSize, 1000);
        Set(VpxAbi.Config.BufferInitial, 500);
        Set(VpxAbi.Config.BufferOptimal, 600);
        Set(VpxAbi.Config.KeyFrameMode, 0);
        WriteRate();
        _context = VpxContext.OpenEncoder(_library, _config);
        _library.ControlInt(_context.Pointer, VpxAbi.Control.SetCpuUsed, -_speed.Current);
        _library.ControlInt(_context.Pointer, VpxAbi.Control.SetStaticThreshold, StaticThreshold);
        _library.ControlInt(_context.Pointer, VpxAbi.Control.SetTokenPartitions, threads switch { 1 => 0, 2 => 1, _ => 2 });
        _library.ControlInt(_context.Pointer, VpxAbi.Control.SetMaxIntraBitratePercent, MaxKeyPercent);
        _rateChanged = false;
        _needKey = true;
        _interest?.Reset();
    }

    /// <summary>A second thread pays from 720p on, and only where a core is left for it.</summary>
    private static int ThreadsFor(int pixels) =>
        pixels <= 640 * 480 ? 1 : Math.Clamp(Environment.ProcessorCount / 2, 1, pixels <= 1280 * 720 ? 2 : 4);

    private void WriteRate()
    {
        int layers = _layers;
        Set(VpxAbi.Config.TargetBitrate, _bitrate);
        Set(VpxAbi.Config.MinQuantizer, _minQuantizer);
        ReadOnlySpan<Vp8Layers.Slot> pattern = Vp8Layers.Pattern(layers);
        Set(VpxAbi.Config.LayerCount, layers);
        Set(VpxAbi.Config.LayerPeriodicity, pattern.Length);
        for (int i = 0; i < layers; i++)
        {
            Set(VpxAbi.Config.LayerBitrates + (i * sizeof(int)), Math.Max(1, _bitrate * Vp8Layers.CumulativePercent(layers)[i] / 100));
            Set(VpxAbi.Config.LayerDecimators + (i * sizeof(int)), Vp8Layers.Decimators(layers)[i]);
        }

        for (int i = 0; i < pattern.Length; i++)
        {
            Set(VpxAbi.Config.LayerIds + (i * sizeof(int)), pattern[i].Layer);
        }
    }

    /// <summary>libvpx wants time to rise; its rate control learns the frame rate from the steps.</summary>
    private long AdvanceClock(uint rtpTimestamp)
    {
        long usual = ClockRate / _settings.FramesPerSecond;
        long step = _started ? Math.Clamp((int)(rtpTimestamp - _lastRtp), 1, ClockRate) : usual;
        _started = true;
        _lastRtp = rtpTimestamp;
        _time += step;
        return usual;
    }

    private void Wrap(Picture picture)
    {
        *(int*)(_image + VpxAbi.Image.Format) = VpxAbi.Image.I420;
        *(int*)(_image + VpxAbi.Image.Width) = picture.Width;
        *(int*)(_image + VpxAbi.Image.Height) = picture.Height;
        *(int*)(_image + VpxAbi.Image.BitDepth) = 8;
        *(int*)(_image + VpxAbi.Image.DisplayWidth) = picture.Width;
        *(int*)(_image + VpxAbi.Image.DisplayHeight) = picture.Height;
        *(int*)(_image + VpxAbi.Image.ChromaShiftX) = 1;
        *(int*)(_image + VpxAbi.Image.ChromaShiftY) = 1;
        *(int*)(_image + VpxAbi.Image.BitsPerSample) = 12;
        byte** planes = (byte**)(_image + VpxAbi.Image.Planes);
        planes[0] = picture.Y;
        planes[1] = picture.U;
        planes[2] = picture.V;
        int* strides = (int*)(_image + VpxAbi.Image.Strides);
        strides[0] = picture.StrideY;
        strides[1] = picture.StrideUV;
        strides[2] = picture.StrideUV;
    }

    private EncodedFrame? TakePackets(uint rtpTimestamp)
    {
        EncodedFrame? coded = null;
        nint iterator = 0;
        for (byte* packet; (packet = _library.GetPacket(_context!.Pointer, &iterator)) is not null;)
        {
            if (*(int*)(packet + VpxAbi.Packet.Kind) != 0)
            {
                continue;
            }

            var data = new ReadOnlySpan<byte>(
                *(byte**)(packet + VpxAbi.Packet.Buffer), checked((int)*(nuint*)(packet + VpxAbi.Packet.Size)));
            coded ??= _settings.Frames.Rent(VideoCodec.Vp8, rtpTimestamp);
            coded.IsKey |= (*(uint*)(packet + VpxAbi.Packet.Flags) & VpxAbi.Packet.FlagKey) != 0;
            coded.Append(data);
        }

        if (coded is { Length: 0 })
        {
            coded.Dispose();
            return null;
        }

        return coded;
    }

    private void Set(int offset, int value) => *(int*)(_config + offset) = value;

    private void Check(int result, string what)
    {
        if (result != 0)
        {
            throw new InvalidOperationException(
                $"libvpx refuses a {what} at {_width}×{_height}, {_bitrate} kbit/s: {_library.ErrorText(result)}");
        }
    }

    private void FreeMemory()
    {
        NativeMemory.Free(_config);
        NativeMemory.Free(_image);
    }
}
