using Rtc.Media.Codecs.Av;
using Rtc.Media.Imaging;
using Rtc.Media.Yuv;

namespace Rtc.Media.Codecs.H264;

/// <summary>
/// H.264 (annex B, one access unit a call) to I420 through libavcodec, on the caller's thread, each picture as soon as
/// its data is in. Full-range pictures, which Chromium's encoder makes, are brought to the limited range of all others.
/// </summary>
public sealed unsafe class H264Decoder : IVideoDecoder
{
    private readonly AvLibrary _library = AvLibrary.Instance;
    private readonly AvContext _context;
    private readonly AvPacket _packet;
    private readonly AvFrame _frame;
    private readonly NativeBuffer _input = new();
    private readonly long _mostPixels;
    private readonly bool _keepRange;
    private bool _needKey = true;

    public H264Decoder(long mostPixels = VideoCodecs.MostPixels)
        : this(mostPixels, keepRange: false)
    {
    }

    /// <param name="mostPixels">A larger picture is refused.</param>
    /// <param name="keepRange">For tests that compare bit by bit.</param>
    internal H264Decoder(long mostPixels, bool keepRange)
    {
        _mostPixels = mostPixels;
        _keepRange = keepRange;
        void* codec = _library.FindByName("h264", encoder: false);
        if (codec is null)
        {
            throw new NativeLibraryMissingException($"FFmpeg {_library.Version} was built without its H.264 decoder");
        }

        _context = new AvContext(_library, codec);
        _packet = new AvPacket(_library);
        _frame = new AvFrame(_library);
        _library.Set(_context.Pointer, "threads", "1");
        _library.Set(_context.Pointer, "flags", "+low_delay");
        _library.TrySet(_context.Pointer, "max_pixels", mostPixels.ToString(System.Globalization.CultureInfo.InvariantCulture));

        // Damage is to be said, not painted over: a key frame comes within a round trip, smeared pictures stay for long.
        _library.TrySet(_context.Pointer, "err_detect", "explode+bitstream+buffer+crccheck");
        int result = _library.Open(_context.Pointer, codec, null);
        if (result < 0)
        {
            Dispose();
            throw new InvalidOperationException($"FFmpeg {_library.Version} opens no H.264 decoder: {_library.ErrorText(result)}");
        }
    }

    public DecodeStatus Decode(ReadOnlySpan<byte> data, PicturePool pool, out Picture? picture)
    {
        picture = null;
        ObjectDisposedException.ThrowIf(_context.IsClosed, this);
        bool isKey = Inspect(data, out bool tooLarge);
        if (tooLarge)
        {
            Lost();
            return DecodeStatus.TooLarge;
        }

        if (data.IsEmpty || (_needKey && !isKey))
        {
            return Lost();
        }

        // libavcodec reads ahead of what it was given, up to this many zeros.
        byte* input = _input.Bytes(data.Length + AvLayout.InputPadding);
        data.CopyTo(new Span<byte>(input, data.Length));
        new Span<byte>(input + data.Length, AvLayout.InputPadding).Clear();
        byte* packet = _packet.Pointer;
        *(byte**)(packet + AvLayout.Packet.Data) = input;
        *(int*)(packet + AvLayout.Packet.Size) = data.Length;
        int sent = _library.SendPacket(_context.Pointer, packet);
        *(byte**)(packet + AvLayout.Packet.Data) = null;
        *(int*)(packet + AvLayout.Packet.Size) = 0;
        int received = sent < 0 ? sent : _library.ReceiveFrame(_context.Pointer, _frame.Pointer);
        if (received == AvLibrary.TryAgain)
        {
            return DecodeStatus.Pending;
        }

        if (received < 0)
        {
            return Lost();
        }

        DecodeStatus status = Take(pool, out picture);
        _library.UnrefFrame(_frame.Pointer);
        _needKey = status != DecodeStatus.Picture;
        return status;
    }

    public void Dispose()
    {
        _context.Dispose();
        _packet.Dispose();
        _frame.Dispose();
        _input.Dispose();
    }

    /// <summary>Whether the unit starts afresh, and whether it asks for a picture over the limit.</summary>
    private bool Inspect(ReadOnlySpan<byte> data, out bool tooLarge)
    {
        bool isKey = false;
        tooLarge = false;
        var units = new NalReader(data);
        while (units.Read())
        {
            isKey |= units.Type == NalType.IdrSlice || (units.Type == NalType.Sei && RecoveryPoint.IsIn(units.Current[1..]));
            tooLarge |= units.Type == NalType.Sps && SpsView.TryParse(units.Current, out SpsView sps) && (long)sps.Width * sps.Height > _mostPixels;
        }

        return isKey;
    }

    private DecodeStatus Take(PicturePool pool, out Picture? picture)
    {
        byte* frame = _frame.Pointer;
        int width = *(int*)(frame + AvLayout.Frame.Width);
        int height = *(int*)(frame + AvLayout.Frame.Height);
        int format = *(int*)(frame + AvLayout.Frame.Format);
        picture = null;
        if (format is not (AvLayout.PixelI420 or AvLayout.PixelI420Full) || width < 1 || height < 1 || (long)width * height > _mostPixels)
        {
            // 4:2:2, 4:4:4 and 10 bits belong to profiles that nobody negotiates here.
            return DecodeStatus.NeedKeyFrame;
        }

        byte** planes = (byte**)(frame + AvLayout.Frame.Data);
        int* strides = (int*)(frame + AvLayout.Frame.Strides);
        picture = pool.Rent(width, height);
        PictureOps.Copy(new PictureView(planes[0], planes[1], planes[2], strides[0], strides[1], width, height), picture);
        if (format == AvLayout.PixelI420Full && !_keepRange)
        {
            RangeConvert.ToLimited(picture);
        }

        return DecodeStatus.Picture;
    }

    private DecodeStatus Lost()
    {
        if (!_needKey)
        {
            _library.Flush(_context.Pointer);
        }

        _needKey = true;
        return DecodeStatus.NeedKeyFrame;
    }
}
