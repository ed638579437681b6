using Rtc.Bitstream.H264;
using Rtc.Media.Codecs.Av;

namespace Rtc.Media.Codecs.H264;

/// <summary>
/// H.264 (annex B, one access unit a call) to I420. Decides where a picture may start, how large it may be and whether a
/// graphics card reads it, anew with every key picture. Full-range pictures, which Chromium's encoder makes, are brought
/// to the limited range of all others.
/// </summary>
public sealed class H264Decoder : IVideoDecoder
{
    /// <summary>
    /// From this size on <see cref="CodecHardware.Auto"/> uses the card: the processor reads a smaller picture in half a
    /// millisecond, less than the way to the card and back takes.
    /// </summary>
    private const long WorthTheCard = 1920L * 1080;

    private readonly AvLibrary _library = AvLibrary.Instance;
    private readonly CodecHardware _hardware;
    private readonly long _maxPixels;
    private readonly PictureShare _share;
    private readonly bool _keepRange;
    private H264Reader _reader;
    private bool _cardFailed;
    private bool _needKey = true;
    private bool _disposed;

    public H264Decoder(CodecHardware hardware = CodecHardware.Auto, long maxPixels = Picture.MaxPixels, PictureMemory? memory = null)
        : this(hardware, maxPixels, keepRange: false, memory)
    {
    }

    /// <param name="hardware">When a card is used.</param>
    /// <param name="maxPixels">A larger picture is refused.</param>
    /// <param name="keepRange">For tests that compare bit by bit.</param>
    /// <param name="memory">What its pictures and codecs count against.</param>
    internal H264Decoder(CodecHardware hardware, long maxPixels, bool keepRange, PictureMemory? memory = null)
    {
        _hardware = hardware;
        _maxPixels = maxPixels;
        _share = new PictureShare(maxPixels, memory);
        _keepRange = keepRange;
        _reader = Open(onCard: false);
    }

    /// <summary>The newest picture was read by the card.</summary>
    public bool OnCard => _reader.CameFromCard;

    public DecodeStatus Decode(ReadOnlySpan<byte> data, PicturePool pool, out Picture? picture)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        picture = null;
        AccessUnit unit = Inspect(data);
        if (unit.Pixels > 0 && _share.Refuse(unit.Pixels) is { } refused)
        {
            Lose();
            return refused;
        }

        if (data.IsEmpty || (_needKey && !unit.IsKey))
        {
            Lose();
            return DecodeStatus.NeedKeyFrame;
        }

        if (unit is { IsKey: true, Pixels: > 0 })
        {
            UseCard(Wanted(unit.Pixels));
        }

        DecodeStatus status = _reader.Decode(data, pool, out picture);
        if (status == DecodeStatus.NeedKeyFrame && unit.IsKey && _reader.HasCard)
        {
            // Damaged data, or a card that cannot? The processor tells: where it can, it goes on.
            UseCard(false);
            status = _reader.Decode(data, pool, out picture);
            _cardFailed = status == DecodeStatus.Picture;
        }

        if (status == DecodeStatus.NeedKeyFrame)
        {
            Lose();
        }
        else if (status == DecodeStatus.Picture)
        {
            _needKey = false;
        }

        return status;
    }

    public void Dispose()
    {
        _disposed = true;
        _reader.Dispose();
        _share.Dispose();
    }

    private bool Wanted(long pixels) =>
        !_cardFailed && (_hardware == CodecHardware.Always || (_hardware == CodecHardware.Auto && pixels >= WorthTheCard))
            && AvDevice.Instance is not null;

    private void UseCard(bool wanted)
    {
        if (wanted != _reader.HasCard)
        {
            _reader.Dispose();
            _reader = Open(wanted);
        }
    }

    private H264Reader Open(bool onCard) => new(_library, onCard ? AvDevice.Instance : null, _maxPixels, _keepRange);

    private static AccessUnit Inspect(ReadOnlySpan<byte> data)
    {
        bool isKey = false;
        long pixels = 0;
        var units = new AnnexBReader(data);
        while (units.Read())
        {
            isKey |= units.Type == NalType.Idr || (units.Type == NalType.Sei && H264RecoveryPoint.IsIn(units.Current[1..]));
            if (units.Type == NalType.Sps && SpsView.TryParse(units.Current, out SpsView sps))
            {
                pixels = Math.Max(pixels, (long)sps.Width * sps.Height);
            }
        }

        return new AccessUnit(isKey, pixels);
    }

    private void Lose()
    {
        if (!_needKey)
        {
            _reader.Flush();
        }

        _needKey = true;
    }

    /// <summary>What its headers say: whether it starts afresh, and how large its pictures are, 0 where it does not say.</summary>
    private readonly record struct AccessUnit(bool IsKey, long Pixels);
}
