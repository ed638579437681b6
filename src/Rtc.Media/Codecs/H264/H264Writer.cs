using System.Globalization;
using Rtc.Media.Codecs.Av;

namespace Rtc.Media.Codecs.H264;

/// <summary>
/// One opened encoder of libavcodec, x264 or a card's NVENC, for pictures of one size: constrained baseline, parameter
/// sets before every key picture, no picture held back, key pictures only when asked.
/// </summary>
internal sealed unsafe class H264Writer : IDisposable
{
    public const string Nvenc = "h264_nvenc";
    public const string X264 = "libx264";

    // Up to this size one thread codes a picture sooner than a second one is awake, and has time for a better preset.
    private const int OneThreadPixels = 640 * 480;

    // A real clip of 640×480 loses 5 dB of 53 against 0, as VP8's bound costs too, and three quarters of its bits.
    private const int MinQuantizer = 16;

    private readonly AvLibrary _library;
    private readonly AvContext _context;
    private readonly AvPacket _packet;
    private readonly AvFrame _frame;

    private H264Writer(AvLibrary library, void* codec, string name, int width, int height)
    {
        _library = library;
        Name = name;
        Width = width;
        Height = height;
        _context = new AvContext(library, codec);
        _packet = new AvPacket(library);
        _frame = new AvFrame(library);
    }

    /// <summary>libx264 or h264_nvenc.</summary>
    public string Name { get; }

    public int Width { get; }

    public int Height { get; }

    public bool OnCard => Name == Nvenc;

    /// <summary>Null, and why, where the encoder is not there or refuses: a card codes so many streams and no more.</summary>
    public static H264Writer? Open(
        AvLibrary library, AvDevice? card, EncoderSettings settings, int width, int height, int kilobits, out string? problem)
    {
        string name = card is null ? X264 : Nvenc;
        void* codec = library.FindByName(name, encoder: true);
        if (codec is null)
        {
            problem = $"FFmpeg {library.Version} was built without {name}";
            return null;
        }

        var writer = new H264Writer(library, codec, name, width, height);
        writer.Configure(settings, kilobits);
        card?.GiveTo(writer._context);
        int result = library.Open(writer._context.Pointer, codec, null);
        if (result >= 0)
        {
            problem = null;
            return writer;
        }

        writer.Dispose();
        problem = $"{name}: {library.ErrorText(result)}";
        return null;
    }

    /// <summary>Both encoders compare this with what they run on before each picture, and change over without a key picture.</summary>
    public void SetRate(int kilobits)
    {
        long bits = kilobits * 1000L;
        *(long*)(_context.Pointer + AvLayout.Context.BitRate) = bits;
        _library.TrySet(_context.Pointer, "maxrate", Number(bits));

        // Half a second: what a key picture may overdraw without stalling the pacer for longer.
        _library.TrySet(_context.Pointer, "bufsize", Number(bits / 2));
    }

    /// <summary>The coded packet, which stays until the next call, or libavcodec's error.</summary>
    public int Encode(Picture picture, long pts, bool key, Mask? subject, int strength, out byte* packet)
    {
        packet = _packet.Pointer;
        _library.UnrefPacket(packet);
        byte* frame = _frame.Pointer;
        byte** planes = (byte**)(frame + AvLayout.Frame.Data);
        planes[0] = picture.Y;
        planes[1] = picture.U;
        planes[2] = picture.V;
        int* strides = (int*)(frame + AvLayout.Frame.Strides);
        strides[0] = picture.StrideY;
        strides[1] = picture.StrideUV;
        strides[2] = picture.StrideUV;
        *(int*)(frame + AvLayout.Frame.Width) = Width;
        *(int*)(frame + AvLayout.Frame.Height) = Height;
        *(int*)(frame + AvLayout.Frame.Format) = AvLayout.PixelI420;
        *(long*)(frame + AvLayout.Frame.Pts) = pts;
        *(int*)(frame + AvLayout.Frame.PictureType) = key ? AvLayout.Frame.TypeIntra : 0;
        if (subject is not null && !OnCard)
        {
            H264Interest.Attach(_library, frame, subject, strength, Width, Height);
        }

        int result = _library.SendFrame(_context.Pointer, frame);
        _library.UnrefFrame(frame);
        return result < 0 ? result : _library.ReceivePacket(_context.Pointer, packet);
    }

    public void Dispose()
    {
        _context.Dispose();
        _packet.Dispose();
        _frame.Dispose();
    }

    private void Configure(EncoderSettings settings, int kilobits)
    {
        byte* fields = _context.Pointer;
        *(int*)(fields + _library.Layout.Width) = Width;
        *(int*)(fields + _library.Layout.Height) = Height;
        *(int*)(fields + _library.Layout.PixelFormat) = AvLayout.PixelI420;
        *(int*)(fields + _library.Layout.TimeBase) = 1;
        *(int*)(fields + _library.Layout.TimeBase + sizeof(int)) = settings.FramesPerSecond;
        SetRate(kilobits);
        _library.Set(fields, "g", "1000000");
        _library.Set(fields, "bf", "0");
        _library.Set(fields, "forced-idr", "1");
        _library.Set(fields, "profile", "baseline");
        if (OnCard)
        {
            ConfigureNvenc(fields);
        }
        else
        {
            ConfigureX264(fields, settings);
        }
    }

    private void ConfigureX264(byte* context, EncoderSettings settings)
    {
        int pixels = Width * Height;
        int threads = settings.Threads > 0 ? settings.Threads
            : pixels <= OneThreadPixels ? 1
            : Math.Clamp(Environment.ProcessorCount / 2, 1, 4);
        _library.Set(context, "threads", Number(threads));
        _library.Set(context, "preset", pixels > OneThreadPixels ? "ultrafast" : "superfast");
        _library.Set(context, "tune", "zerolatency");
        _library.Set(context, "sc_threshold", "0");
        _library.Set(context, "qmin", Number(MinQuantizer));

        // Without adaptive quantisation x264 ignores regions of interest.
        _library.Set(context, "aq-mode", "1");
        _library.TrySet(context, "x264-params", "keyint=infinite:scenecut=0:nal-hrd=none:sliced-threads=1");
    }

    private void ConfigureNvenc(byte* context)
    {
        _library.TrySet(context, "preset", "p1");
        _library.TrySet(context, "tune", "ull");
        _library.TrySet(context, "zerolatency", "1");
        _library.TrySet(context, "delay", "0");
        _library.TrySet(context, "rc", "cbr");
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
