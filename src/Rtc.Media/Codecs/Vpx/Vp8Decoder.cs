using Rtc.Bitstream.Vp8;

namespace Rtc.Media.Codecs.Vpx;

/// <summary>
/// VP8 to I420 through libvpx, on the caller's thread. After damage it waits for a key frame rather than show
/// what a broken reference would give.
/// </summary>
public sealed unsafe class Vp8Decoder : IVideoDecoder
{
    private readonly VpxLibrary _library = VpxLibrary.Instance;
    private readonly PictureShare _share;
    private VpxContext _context;
    private bool _needKey = true;

    public Vp8Decoder(long maxPixels = Picture.MaxPixels, PictureMemory? memory = null)
    {
        _share = new PictureShare(maxPixels, memory);
        _context = VpxContext.OpenDecoder(_library, threads: 1);
    }

    public int Quantizer { get; private set; } = -1;

    public DecodeStatus Decode(ReadOnlySpan<byte> data, PicturePool pool, out Picture? picture)
    {
        picture = null;
        ObjectDisposedException.ThrowIf(_context.IsClosed, this);
        if (!Vp8FrameHeader.TryParse(data, out Vp8FrameHeader header) || !Vp8FrameHeader.HoldsFirstPartition(data))
        {
            return Lost();
        }

        if (header.IsKey && _share.Refuse((long)header.Width * header.Height) is { } refused)
        {
            _needKey = true;
            return refused;
        }

        if (_needKey && !header.IsKey)
        {
            return DecodeStatus.NeedKeyFrame;
        }

        int result;
        fixed (byte* bytes = data)
        {
            result = _library.Decode(_context.Pointer, bytes, (uint)data.Length, null, default);
        }

        int corrupted = 0;
        if (result != 0
            || (_library.ControlPointer(_context.Pointer, VpxAbi.Control.GetFrameCorrupted, &corrupted) == 0 && corrupted != 0))
        {
            // A failed key frame can leave libvpx half set up for the new size: start it afresh.
            _context.Dispose();
            _context = VpxContext.OpenDecoder(_library, threads: 1);
            return Lost();
        }

        _needKey = false;
        int index = -1;
        bool known = _library.ControlPointer(_context.Pointer, VpxAbi.Control.GetDecodedQuantizer, &index) == 0;
        Quantizer = known ? VpxQuantizer.FromIndex(index) : -1;
        nint iterator = 0;
        byte* image = _library.GetFrame(_context.Pointer, &iterator);
        if (image is null)
        {
            return DecodeStatus.Pending;
        }

        picture = Take(image, pool);
        return DecodeStatus.Picture;
    }

    public void Dispose()
    {
        _context.Dispose();
        _share.Dispose();
    }

    private static Picture Take(byte* image, PicturePool pool)
    {
        int width = *(int*)(image + VpxAbi.Image.DisplayWidth);
        int height = *(int*)(image + VpxAbi.Image.DisplayHeight);
        byte** planes = (byte**)(image + VpxAbi.Image.Planes);
        int* strides = (int*)(image + VpxAbi.Image.Strides);
        Picture picture = pool.Rent(width, height);
        Plane.Copy(planes[0], strides[0], picture.Y, picture.StrideY, width, height);
        Plane.Copy(planes[1], strides[1], picture.U, picture.StrideUV, picture.ChromaWidth, picture.ChromaHeight);
        Plane.Copy(planes[2], strides[2], picture.V, picture.StrideUV, picture.ChromaWidth, picture.ChromaHeight);
        return picture;
    }

    private DecodeStatus Lost()
    {
        _needKey = true;
        return DecodeStatus.NeedKeyFrame;
    }
}
