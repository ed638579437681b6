using System.Diagnostics;
using System.Globalization;
using Rtc.Media.Codecs.Av;

namespace Rtc.Media.Codecs.H264;

/// <summary>
/// I420 to H.264 constrained baseline (annex B, parameter sets before every key picture) through libavcodec: NVENC where
/// the machine has it, x264 else. Nothing is held back, key pictures come only when asked, there is one temporal layer.
/// </summary>
public sealed unsafe class H264Encoder : IVideoEncoder
{
    private const string Nvenc = "h264_nvenc";
    private const string X264 = "libx264";
    private const int ClockRate = 90_000;

    // x264 tells quality in lambda units: quantizer × 118.
    private const int LambdaOfQuantizer = 118;

    // A machine without NVIDIA's driver fails to open NVENC in a few ms; it is asked once.
    private static bool _noNvenc;

    private readonly AvLibrary _library = AvLibrary.Instance;
    private readonly EncoderSettings _settings;
    private readonly AvPacket _packet;
    private readonly AvFrame _frame;
    private AvContext? _context;
    private Mask? _subject;
    private int _strength;
    private int _width;
    private int _height;
    private int _bitrate;
    private bool _bitrateChanged;
    private bool _needKey = true;
    private bool _started;
    private bool _disposed;
    private uint _lastRtp;
    private double _elapsed;
    private long _pts;

    public H264Encoder(EncoderSettings settings)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.FramesPerSecond, 1);
        _settings = settings;
        _bitrate = Math.Max(1, settings.BitrateKbps);
        _packet = new AvPacket(_library);
        _frame = new AvFrame(_library);
        Open(settings.Width, settings.Height);
    }

    public VideoFormat Format => VideoFormat.H264;

    /// <summary>libx264 or h264_nvenc.</summary>
    public string Implementation { get; private set; } = X264;

    public void SetBitrate(int kilobitsPerSecond)
    {
        kilobitsPerSecond = Math.Max(1, kilobitsPerSecond);
        _bitrateChanged |= kilobitsPerSecond != _bitrate;
        _bitrate = kilobitsPerSecond;
    }

    public void SetInterest(Mask? subject, int strength)
    {
        _subject = strength > 0 ? subject : null;
        _strength = Math.Clamp(strength, 0, 63);
    }

    public CodedPicture? Encode(Picture picture, uint rtpTimestamp, bool forceKey)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (picture.Width != _width || picture.Height != _height)
        {
            Open(picture.Width, picture.Height);
        }

        if (_bitrateChanged)
        {
            SetRate(_context!.Pointer);
            _bitrateChanged = false;
        }

        AdvanceClock(rtpTimestamp);
        bool key = forceKey || _needKey;
        Wrap(picture, key);
        long before = Stopwatch.GetTimestamp();
        int result = _library.SendFrame(_context!.Pointer, _frame.Pointer);
        _library.UnrefFrame(_frame.Pointer);
        if (result >= 0)
        {
            result = _library.ReceivePacket(_context.Pointer, _packet.Pointer);
        }

        double milliseconds = Stopwatch.GetElapsedTime(before).TotalMilliseconds;
        if (result == AvLibrary.TryAgain)
        {
            return null;
        }

        if (result < 0)
        {
            throw new InvalidOperationException($"{Implementation} refuses a picture at {_width}×{_height}: {_library.ErrorText(result)}");
        }

        CodedPicture coded = Take(rtpTimestamp, milliseconds);
        _library.UnrefPacket(_packet.Pointer);
        _needKey = false;
        return coded;
    }

    public void Dispose()
    {
        _disposed = true;
        _context?.Dispose();
        _packet.Dispose();
        _frame.Dispose();
    }

    private void Open(int width, int height)
    {
        _context?.Dispose();
        _context = null;
        _width = width;
        _height = height;
        _needKey = true;
        _pts = 0;
        _elapsed = 0;
        _started = false;
        if (_noNvenc || !TryOpen(Nvenc, out _))
        {
            _noNvenc = true;
            if (!TryOpen(X264, out string? problem))
            {
                throw new NativeLibraryMissingException($"no H.264 encoder: {problem}");
            }
        }

        _bitrateChanged = false;
    }

    private bool TryOpen(string name, out string? problem)
    {
        void* codec = _library.FindByName(name, encoder: true);
        if (codec is null)
        {
            problem = $"FFmpeg {_library.Version} was built without {name}";
            return false;
        }

        var context = new AvContext(_library, codec);
        byte* fields = context.Pointer;
        *(int*)(fields + _library.Layout.Width) = _width;
        *(int*)(fields + _library.Layout.Height) = _height;
        *(int*)(fields + _library.Layout.PixelFormat) = AvLayout.PixelI420;
        *(int*)(fields + _library.Layout.TimeBase) = 1;
        *(int*)(fields + _library.Layout.TimeBase + sizeof(int)) = _settings.FramesPerSecond;
        SetRate(fields);
        _library.Set(fields, "g", "1000000");
        _library.Set(fields, "bf", "0");
        _library.Set(fields, "threads", Number(ThreadsFor(_width * _height)));
        _library.Set(fields, "forced-idr", "1");
        _library.Set(fields, "profile", "baseline");
        if (name == X264)
        {
            ConfigureX264(fields);
        }
        else
        {
            ConfigureNvenc(fields);
        }

        int result = _library.Open(fields, codec, null);
        if (result < 0)
        {
            context.Dispose();
            problem = $"{name}: {_library.ErrorText(result)}";
            return false;
        }

        _context = context;
        Implementation = name;
        problem = null;
        return true;
    }

    private void ConfigureX264(byte* context)
    {
        _library.Set(context, "preset", _width * _height > 640 * 480 ? "ultrafast" : "superfast");
        _library.Set(context, "tune", "zerolatency");
        _library.Set(context, "sc_threshold", "0");

        // Without adaptive quantisation x264 ignores regions of interest.
        _library.Set(context, "aq-mode", "1");
        _library.TrySet(context, "x264-params", "keyint=infinite:scenecut=0:nal-hrd=none:sliced-threads=1");
    }

    /// <summary>Seen to fall back where there is no GPU; not yet run on one.</summary>
    private void ConfigureNvenc(byte* context)
    {
        _library.TrySet(context, "preset", "p1");
        _library.TrySet(context, "tune", "ull");
        _library.TrySet(context, "zerolatency", "1");
        _library.TrySet(context, "delay", "0");
        _library.TrySet(context, "rc", "cbr");
    }

    private int ThreadsFor(int pixels) =>
        _settings.Threads > 0 ? _settings.Threads
        : pixels <= 640 * 480 ? 1
        : Math.Clamp(Environment.ProcessorCount / 2, 1, 4);

    /// <summary>x264 compares these with what it runs on before each picture and changes over without a key picture.</summary>
    private void SetRate(byte* context)
    {
        long bits = _bitrate * 1000L;
        *(long*)(context + AvLayout.Context.BitRate) = bits;
        _library.TrySet(context, "maxrate", Number(bits));

        // Half a second: what a key picture may overdraw without stalling the pacer for longer.
        _library.TrySet(context, "bufsize", Number(bits / 2));
    }

    private void AdvanceClock(uint rtpTimestamp)
    {
        _elapsed += _started ? Math.Clamp((int)(rtpTimestamp - _lastRtp), 1, ClockRate) : 0;
        _started = true;
        _lastRtp = rtpTimestamp;
        _pts = Math.Max(_pts + 1, (long)Math.Round(_elapsed * _settings.FramesPerSecond / ClockRate));
    }

    private void Wrap(Picture picture, bool key)
    {
        byte* frame = _frame.Pointer;
        byte** planes = (byte**)(frame + AvLayout.Frame.Data);
        planes[0] = picture.Y;
        planes[1] = picture.U;
        planes[2] = picture.V;
        int* strides = (int*)(frame + AvLayout.Frame.Strides);
        strides[0] = picture.StrideY;
        strides[1] = picture.StrideUV;
        strides[2] = picture.StrideUV;
        *(int*)(frame + AvLayout.Frame.Width) = picture.Width;
        *(int*)(frame + AvLayout.Frame.Height) = picture.Height;
        *(int*)(frame + AvLayout.Frame.Format) = AvLayout.PixelI420;
        *(long*)(frame + AvLayout.Frame.Pts) = _pts;
        *(int*)(frame + AvLayout.Frame.PictureType) = key ? AvLayout.Frame.TypeIntra : 0;
        if (_subject is not null)
        {
            H264Interest.Attach(_library, frame, _subject, _strength, picture.Width, picture.Height);
        }
    }

    private CodedPicture Take(uint rtpTimestamp, double milliseconds)
    {
        byte* packet = _packet.Pointer;
        var data = new ReadOnlySpan<byte>(*(byte**)(packet + AvLayout.Packet.Data), *(int*)(packet + AvLayout.Packet.Size));
        var coded = new CodedPicture(VideoFormat.H264, data.Length)
        {
            RtpTimestamp = rtpTimestamp,
            IsKey = (*(int*)(packet + AvLayout.Packet.Flags) & AvLayout.Packet.FlagKey) != 0,
        };

        // x264 signs its first key picture with half a kilobyte of settings: nobody needs it on the wire.
        if (coded.IsKey)
        {
            var units = new NalReader(data);
            while (units.Read())
            {
                if (units.Type != NalType.Sei)
                {
                    coded.Append([0, 0, 0, 1]);
                    coded.Append(units.Current);
                }
            }
        }
        else
        {
            coded.Append(data);
        }

        nuint size;
        byte* quality = _library.PacketSideData(packet, AvLayout.Packet.SideDataQuality, &size);
        int quantizer = quality is not null && size >= sizeof(int) ? *(int*)quality / LambdaOfQuantizer : -1;
        coded.Stats = new EncodeStats(coded.Length, quantizer, milliseconds, 0);
        return coded;
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
