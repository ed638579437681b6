using System.Buffers;
using System.Runtime.InteropServices;
using Rtc.Media.Native;
using Rtc.Media.Yuv;

namespace Rtc.Media.Images;

/// <summary>
/// JPEG to and from I420 through TurboJPEG. Files with 4:2:0 chroma, which is what cameras write, never pass through
/// RGB; only their range is changed. Each thread keeps its own compressor and decompressor.
/// </summary>
public static unsafe class Jpeg
{
    public const int UsualQuality = 85;

    /// <summary>Photographs are larger than video: 100 megapixels.</summary>
    public const long MaxPixels = 100_000_000;

    /// <summary>libjpeg writes no wider and no higher picture.</summary>
    public const int MaxSide = 65500;

    // Progressive files have ten or so; each costs a pass over the whole picture, and a small file may have thousands.
    private const int MaxScans = 100;

    [ThreadStatic]
    private static TurboJpegHandle? _compressor;

    [ThreadStatic]
    private static TurboJpegHandle? _decompressor;

    public static byte[] Encode(PictureView picture, int quality = UsualQuality)
    {
        var writer = new ArrayBufferWriter<byte>();
        Encode(picture, writer, quality);
        return writer.WrittenSpan.ToArray();
    }

    public static void Encode(PictureView picture, IBufferWriter<byte> into, int quality = UsualQuality)
    {
        TurboJpegLibrary library = TurboJpegLibrary.Instance;
        nint handle = (_compressor ??= TurboJpegHandle.Compressor()).Value;
        int chromaBytes = picture.ChromaWidth * picture.ChromaHeight;
        int lumaBytes = picture.Width * picture.Height;
        byte[] full = ArrayPool<byte>.Shared.Rent(lumaBytes + (2 * chromaBytes));
        byte* coded = null;
        CULong length = default;
        try
        {
            fixed (byte* first = full)
            {
                var target = new PictureView(
                    first, first + lumaBytes, first + lumaBytes + chromaBytes, picture.Width, picture.ChromaWidth, picture.Width,
                    picture.Height);
                RangeConvert.ToFull(picture, target);
                byte** planes = stackalloc byte*[3] { target.Y, target.U, target.V };
                int* strides = stackalloc int[3] { target.StrideY, target.StrideUV, target.StrideUV };
                int level = Math.Clamp(quality, 1, 100);
                if (library.CompressPlanes(
                    handle, planes, picture.Width, strides, picture.Height, TurboJpegLibrary.Samples420, &coded, &length, level, 0) != 0)
                {
                    throw new InvalidOperationException($"TurboJPEG: {library.Error(handle)}");
                }
            }

            into.Write(new ReadOnlySpan<byte>(coded, checked((int)length.Value)));
        }
        finally
        {
            library.Free(coded);
            ArrayPool<byte>.Shared.Return(full);
        }
    }

    /// <summary>The upright picture; false with a reason where the bytes are no JPEG, are broken or the picture is too large.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> data, PicturePool pool, out Picture? picture, out string? problem) =>
        TryDecode(data, pool, MaxPixels, out picture, out _, out problem);

    /// <summary>The same for pictures of strangers: the size is looked at before memory is spent on it.</summary>
    public static bool TryDecode(
        ReadOnlySpan<byte> data, PicturePool pool, long maxPixels, out Picture? picture, out bool isTooLarge, out string? problem)
    {
        picture = null;
        isTooLarge = false;
        TurboJpegLibrary library = TurboJpegLibrary.Instance;
        nint handle = (_decompressor ??= TurboJpegHandle.Decompressor()).Value;
        fixed (byte* bytes = data)
        {
            int width;
            int height;
            int samples;
            int colours;
            if (data.IsEmpty || library.ReadHeader(handle, bytes, new CULong((nuint)data.Length), &width, &height, &samples, &colours) != 0)
            {
                problem = data.IsEmpty ? "empty" : Failure(library, handle);
                return false;
            }

            problem = SizeError(data, width, height, maxPixels, out isTooLarge);
            if (problem is not null)
            {
                return false;
            }

            Picture lying = pool.Rent(width, height);
            bool good = samples == TurboJpegLibrary.Samples420
                ? DecodePlanes(library, handle, bytes, data.Length, lying)
                : DecodePixels(library, handle, bytes, data.Length, lying);
            if (!good)
            {
                lying.Dispose();
                problem = Failure(library, handle);
                return false;
            }

            picture = Upright(lying, ExifOrientation.Read(data), pool);
            return true;
        }
    }

    private static string? SizeError(ReadOnlySpan<byte> data, int width, int height, long maxPixels, out bool isTooLarge)
    {
        isTooLarge = (long)width * height > maxPixels;
        if (width < 1 || height < 1)
        {
            // A file that ends behind its tables is good as far as it goes.
            return "it ends before the picture";
        }

        return isTooLarge ? $"{width}×{height} is larger than {maxPixels} pixels"
            : data.Count((ReadOnlySpan<byte>)[0xFF, 0xDA]) > MaxScans ? $"more than {MaxScans} scans"
            : null;
    }

    /// <summary>Takes the picture over and gives it, or a copy that was turned, to the caller.</summary>
    private static Picture Upright(Picture lying, Orientation orientation, PicturePool pool)
    {
        if (orientation == Orientation.Upright)
        {
            return lying;
        }

        using (lying)
        {
            return PictureOps.Orient(lying, orientation, pool);
        }
    }

    internal static NativeLibraryReport Report() => TurboJpegLibrary.Report();

    /// <summary>A decompressor that met a broken file keeps its bad tables and fails on good ones: the next file gets a new one.</summary>
    private static string Failure(TurboJpegLibrary library, nint handle)
    {
        string problem = library.Error(handle);
        _decompressor?.Dispose();
        _decompressor = null;
        return problem;
    }

    private static bool DecodePlanes(TurboJpegLibrary library, nint handle, byte* bytes, int length, Picture picture)
    {
        byte** planes = stackalloc byte*[3] { picture.Y, picture.U, picture.V };
        int* strides = stackalloc int[3] { picture.StrideY, picture.StrideUV, picture.StrideUV };
        if (library.DecompressPlanes(handle, bytes, new CULong((nuint)length), planes, picture.Width, strides, picture.Height, 0) != 0)
        {
            return false;
        }

        RangeConvert.ToLimited(picture);
        return true;
    }

    private static bool DecodePixels(TurboJpegLibrary library, nint handle, byte* bytes, int length, Picture picture)
    {
        int stride = picture.Width * 4;
        byte[] pixels = ArrayPool<byte>.Shared.Rent(checked(stride * picture.Height));
        try
        {
            fixed (byte* target = pixels)
            {
                if (library.DecompressPixels(
                    handle, bytes, new CULong((nuint)length), target, picture.Width, stride, picture.Height,
                    TurboJpegLibrary.PixelsBgra, 0) != 0)
                {
                    return false;
                }
            }

            RgbConvert.FromBgra(pixels, stride, picture);
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(pixels);
        }
    }
}
