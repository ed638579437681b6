using System.Globalization;
using Rtc.Media.Codecs.Av;
using Rtc.Media.Imaging;
using Rtc.Media.Native;
using Rtc.Media.Yuv;

namespace Rtc.Media.Codecs.H264;

/// <summary>
/// One opened decoder of libavcodec: access units in, pictures out, on the caller's thread, each as soon as its data is
/// in. Given a card it leaves the pictures to NVDEC and fetches them back; what the card does not take, the same decoder
/// reads by itself. Parsing is libavcodec's either way, so nothing waits for the unit that follows.
/// </summary>
internal sealed unsafe class H264Reader : IDisposable
{
    private readonly AvLibrary _library;
    private readonly AvDevice? _card;
    private readonly AvContext _context;
    private readonly AvPacket _packet;
    private readonly AvFrame _frame;
    private readonly AvFrame _landed;
    private readonly NativeBuffer _input = new();
    private readonly long _maxPixels;
    private readonly bool _keepRange;

    /// <param name="library">libavcodec.</param>
    /// <param name="card">Null reads with the processor.</param>
    /// <param name="maxPixels">A larger picture is refused.</param>
    /// <param name="keepRange">Leaves full-range pictures as they are.</param>
    public H264Reader(AvLibrary library, AvDevice? card, long maxPixels, bool keepRange)
    {
        _library = library;
        _card = card;
        _maxPixels = maxPixels;
        _keepRange = keepRange;
        void* codec = library.FindByName("h264", encoder: false);
        if (codec is null)
        {
            throw new NativeLibraryMissingException($"FFmpeg {library.Version} was built without its H.264 decoder");
        }

        _context = new AvContext(library, codec);
        _packet = new AvPacket(library);
        _frame = new AvFrame(library);
        _landed = new AvFrame(library);
        library.Set(_context.Pointer, "threads", "1");
        library.Set(_context.Pointer, "flags", "+low_delay");
        library.TrySet(_context.Pointer, "max_pixels", maxPixels.ToString(CultureInfo.InvariantCulture));

        // Damage is to be said, not painted over: a key frame comes within a round trip, smeared pictures stay for long.
        library.TrySet(_context.Pointer, "err_detect", "explode+bitstream+buffer+crccheck");
        card?.GiveTo(_context);
        int result = library.Open(_context.Pointer, codec, null);
        if (result < 0)
        {
            Dispose();
            throw new InvalidOperationException($"FFmpeg {library.Version} opens no H.264 decoder: {library.ErrorText(result)}");
        }
    }

    /// <summary>It was given a card; what came out last may still be the processor's work.</summary>
    public bool HasCard => _card is not null;

    /// <summary>The newest picture was the card's.</summary>
    public bool CameFromCard { get; private set; }

    public DecodeStatus Decode(ReadOnlySpan<byte> data, PicturePool pool, out Picture? picture)
    {
        picture = null;

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
        if (received < 0)
        {
            return received == AvLibrary.TryAgain ? DecodeStatus.Pending : DecodeStatus.NeedKeyFrame;
        }

        picture = Take(_frame.Pointer, pool);
        _library.UnrefFrame(_frame.Pointer);
        return picture is null ? DecodeStatus.NeedKeyFrame : DecodeStatus.Picture;
    }

    public void Flush() => _library.Flush(_context.Pointer);

    public void Dispose()
    {
        _context.Dispose();
        _packet.Dispose();
        _frame.Dispose();
        _landed.Dispose();
        _input.Dispose();
    }

    /// <summary>Null for what nobody negotiates here: 4:2:2, 4:4:4 and 10 bits; or where the card does not give it back.</summary>
    private Picture? Take(byte* frame, PicturePool pool)
    {
        int width = *(int*)(frame + AvLayout.Frame.Width);
        int height = *(int*)(frame + AvLayout.Frame.Height);
        int format = *(int*)(frame + AvLayout.Frame.Format);
        bool fullRange = *(int*)(frame + _library.Layout.FrameRange) == AvLayout.Frame.FullRange;
        CameFromCard = _card is not null && format == _card.PixelFormat;
        if (width < 1 || height < 1 || (long)width * height > _maxPixels || (CameFromCard && !Fetch(frame, width, height)))
        {
            return null;
        }

        byte* source = CameFromCard ? _landed.Pointer : frame;
        byte** planes = (byte**)(source + AvLayout.Frame.Data);
        int* strides = (int*)(source + AvLayout.Frame.Strides);
        format = *(int*)(source + AvLayout.Frame.Format);
        Picture picture;
        if (CameFromCard && format == _card!.LandedFormat)
        {
            picture = pool.Rent(width, height);
            Nv12.ToI420(planes[0], strides[0], planes[1], strides[1], picture);
        }
        else if (!CameFromCard && format is AvLayout.PixelI420 or AvLayout.PixelI420Full)
        {
            picture = pool.Rent(width, height);
            PictureOps.Copy(new PictureView(planes[0], planes[1], planes[2], strides[0], strides[1], width, height), picture);
            fullRange |= format == AvLayout.PixelI420Full;
        }
        else
        {
            return null;
        }

        if (fullRange && !_keepRange)
        {
            RangeConvert.ToLimited(picture);
        }

        return picture;
    }

    /// <summary>From the card into memory that stays from picture to picture of one size.</summary>
    private bool Fetch(byte* frame, int width, int height)
    {
        byte* landed = _landed.Pointer;
        if (*(int*)(landed + AvLayout.Frame.Width) != width || *(int*)(landed + AvLayout.Frame.Height) != height)
        {
            _library.UnrefFrame(landed);
        }

        if (_library.FetchFromDevice(landed, frame, 0) >= 0)
        {
            return true;
        }

        _library.UnrefFrame(landed);
        return false;
    }
}
