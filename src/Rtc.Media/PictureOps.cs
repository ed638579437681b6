using Rtc.Media.Native;

namespace Rtc.Media;

/// <summary>
/// The eight ways a picture can lie, numbered as EXIF does: what has to be done to it to stand upright.
/// </summary>
public enum Orientation : byte
{
    Upright = 1,
    MirroredLeftRight = 2,
    Turned180 = 3,
    MirroredTopBottom = 4,

    /// <summary>Mirrored, then turned clockwise by 270°: rows become columns.</summary>
    Transposed = 5,
    Clockwise90 = 6,

    /// <summary>Mirrored, then turned clockwise by 90°.</summary>
    Transversed = 7,
    Clockwise270 = 8,
}

/// <summary>Copies, scales and turns pictures. A result taken from a pool belongs to the caller.</summary>
public static unsafe class PictureOps
{
    public static void Copy(PictureView source, PictureView target)
    {
        if (source.Width != target.Width || source.Height != target.Height)
        {
            throw new ArgumentException($"source is {source.Width}×{source.Height}, target {target.Width}×{target.Height}");
        }

        if (source.Y == target.Y)
        {
            return;
        }

        Plane.Copy(source.Y, source.StrideY, target.Y, target.StrideY, source.Width, source.Height);
        Plane.Copy(source.U, source.StrideUV, target.U, target.StrideUV, source.ChromaWidth, source.ChromaHeight);
        Plane.Copy(source.V, source.StrideUV, target.V, target.StrideUV, source.ChromaWidth, source.ChromaHeight);
    }

    public static Picture Copy(PictureView source, PicturePool pool)
    {
        Picture target = pool.Rent(source.Width, source.Height);
        Copy(source, target);
        return target;
    }

    /// <summary>The part under the region (grown to even pixels) as a picture of its own.</summary>
    public static Picture Crop(PictureView source, RectF region, PicturePool pool) => Copy(source.Crop(region), pool);

    /// <summary>Into the target's size: averaged where it shrinks, bilinear where it grows.</summary>
    public static void Scale(PictureView source, PictureView target)
    {
        bool shrinks = target.Width < source.Width || target.Height < source.Height;
        int result = YuvLibrary.Instance.Scale(
            source.Y, source.StrideY, source.U, source.StrideUV, source.V, source.StrideUV, source.Width, source.Height,
            target.Y, target.StrideY, target.U, target.StrideUV, target.V, target.StrideUV, target.Width, target.Height,
            shrinks ? YuvLibrary.FilterBox : YuvLibrary.FilterBilinear);
        if (result != 0)
        {
            throw new InvalidOperationException($"libyuv does not scale {source.Width}×{source.Height} to {target.Width}×{target.Height}");
        }
    }

    public static Picture Scale(PictureView source, int width, int height, PicturePool pool)
    {
        Picture target = pool.Rent(width, height);
        Scale(source, target);
        return target;
    }

    public static Picture Rotate(PictureView source, VideoRotation rotation, PicturePool pool) => Orient(
        source,
        rotation switch
        {
            VideoRotation.Clockwise90 => Orientation.Clockwise90,
            VideoRotation.Clockwise180 => Orientation.Turned180,
            VideoRotation.Clockwise270 => Orientation.Clockwise270,
            _ => Orientation.Upright,
        },
        pool);

    /// <summary>Brings a picture that lies as <paramref name="orientation"/> says upright.</summary>
    public static Picture Orient(PictureView source, Orientation orientation, PicturePool pool)
    {
        (int degrees, bool mirrored) = orientation switch
        {
            Orientation.MirroredLeftRight => (0, true),
            Orientation.Turned180 => (180, false),
            Orientation.MirroredTopBottom => (180, true),
            Orientation.Transposed => (270, true),
            Orientation.Clockwise90 => (90, false),
            Orientation.Transversed => (90, true),
            Orientation.Clockwise270 => (270, false),
            _ => (0, false),
        };
        if (!mirrored)
        {
            return Turn(source, degrees, pool);
        }

        Picture mirror = Mirror(source, pool);
        if (degrees == 0)
        {
            return mirror;
        }

        using (mirror)
        {
            return Turn(mirror, degrees, pool);
        }
    }

    private static Picture Mirror(PictureView source, PicturePool pool)
    {
        Picture target = pool.Rent(source.Width, source.Height);
        YuvLibrary yuv = YuvLibrary.Instance;
        yuv.MirrorPlane(source.Y, source.StrideY, target.Y, target.StrideY, source.Width, source.Height);
        yuv.MirrorPlane(source.U, source.StrideUV, target.U, target.StrideUV, source.ChromaWidth, source.ChromaHeight);
        yuv.MirrorPlane(source.V, source.StrideUV, target.V, target.StrideUV, source.ChromaWidth, source.ChromaHeight);
        return target;
    }

    private static Picture Turn(PictureView source, int degrees, PicturePool pool)
    {
        if (degrees == 0)
        {
            return Copy(source, pool);
        }

        bool lies = degrees is 90 or 270;
        Picture target = pool.Rent(lies ? source.Height : source.Width, lies ? source.Width : source.Height);
        YuvLibrary.Instance.Rotate(
            source.Y, source.StrideY, source.U, source.StrideUV, source.V, source.StrideUV,
            target.Y, target.StrideY, target.U, target.StrideUV, target.V, target.StrideUV,
            source.Width, source.Height, degrees);
        return target;
    }
}
