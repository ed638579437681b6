using OpenCvSharp;
using Rtc.Studio.Clips;

namespace Rtc.Studio.Removal;

/// <summary>What is asked of OpenCV. Its native library is loaded with the first question and stays away from live video.</summary>
internal static class OpenCv
{
    private const double MaxOff = 0.7;
    private const int MinPairs = 12;
    private const double InpaintRadius = 4;
    private const int Surroundings = 12;

    /// <summary>The motion that most pairs of points agree on; null where they don't.</summary>
    public static Homography? FindHomography(
        IReadOnlyList<(float X, float Y)> from, IReadOnlyList<(float X, float Y)> to) => Call<Homography?>(() =>
    {
        if (from.Count < MinPairs)
        {
            return null;
        }

        using Mat found = Cv2.FindHomography(
            from.Select(point => new Point2d(point.X, point.Y)), to.Select(point => new Point2d(point.X, point.Y)),
            HomographyMethods.Ransac, MaxOff);
        if (found.Empty() || Math.Abs(found.At<double>(2, 2)) < 1e-9)
        {
            return null;
        }

        double scale = 1 / found.At<double>(2, 2);
        return new Homography(
            found.At<double>(0, 0) * scale, found.At<double>(0, 1) * scale, found.At<double>(0, 2) * scale,
            found.At<double>(1, 0) * scale, found.At<double>(1, 1) * scale, found.At<double>(1, 2) * scale,
            found.At<double>(2, 0) * scale, found.At<double>(2, 1) * scale);
    });

    /// <summary>Fills one plane's hole from its rim (Telea, 2004); only what lies around it is looked at.</summary>
    public static unsafe void Inpaint(byte* plane, int stride, int width, int height, byte[] hole) => Call(() =>
    {
        using Mat whole = Mat.FromPixelData(height, width, MatType.CV_8UC1, (IntPtr)plane, stride);
        using Mat wholeMask = Mat.FromPixelData(height, width, MatType.CV_8UC1, hole);
        Rect around = Cv2.BoundingRect(wholeMask);
        if (around.Width == 0)
        {
            return true;
        }

        around.Inflate(Surroundings, Surroundings);
        around &= new Rect(0, 0, width, height);
        using Mat source = whole[around];
        using Mat mask = wholeMask[around];
        using var filled = new Mat();
        Cv2.Inpaint(source, mask, filled, InpaintRadius, InpaintTypes.Telea);
        filled.CopyTo(source);
        return true;
    });

    /// <summary>Grown by a disc.</summary>
    public static unsafe void Dilate(ClipMask mask, int radius) => Call(() =>
    {
        fixed (byte* first = mask.Alpha)
        {
            using Mat plane = Mat.FromPixelData(mask.Height, mask.Width, MatType.CV_8UC1, (IntPtr)first);
            using Mat disc = Cv2.GetStructuringElement(MorphShapes.Ellipse, new Size((2 * radius) + 1, (2 * radius) + 1));
            Cv2.Dilate(plane, plane, disc);
        }

        return true;
    });

    private static T Call<T>(Func<T> question)
    {
        try
        {
            return question();
        }
        catch (Exception error) when (error is DllNotFoundException or TypeInitializationException or BadImageFormatException
            || error.GetType() == typeof(OpenCvSharpException))
        {
            throw error is OpenCvSharpException failed
                ? new InvalidOperationException($"OpenCV: {failed.Message}", failed)
                : new StudioException(
                    "opencv",
                    "Removal needs OpenCV's native library, which can't be loaded here (on Debian and Ubuntu: apt install libgtk-3-0).");
        }
    }
}
