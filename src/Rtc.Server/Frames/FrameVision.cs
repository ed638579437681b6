using System.Buffers;
using Rtc.Inference;
using Rtc.Media;
using Rtc.Media.Drawing;
using Rtc.Media.Images;
using Rtc.Signaling.Frames;

namespace Rtc.Server.Frames;

/// <summary>What became of one frame: a file with its facts, or an error.</summary>
internal readonly record struct FrameOutcome(FrameError? Error, FrameKind Kind, byte[] File, IReadOnlyList<FrameClass> Classes,
    double DecodeMs, double WaitMs, double InferenceMs, double DrawMs);

/// <summary>
/// From a JPEG to its mask or picture, synchronously and in the caller's time. Owns the class map's engine and the memory
/// for drawing; one for each socket, used by its worker alone.
/// </summary>
internal sealed class FrameVision(string mode, IClassMapper mapper, PicturePool pool, long maxPixels, TimeProvider time) : IDisposable
{
    private readonly ClassPainter _painter = new();
    private FrameView? _view;
    private ClassStyle? _style;

    public string Mode => mode;

    public string Model => mapper.Model;

    public IReadOnlyList<string> Labels => mapper.ClassNames;

    public FrameOutcome Process(ReadOnlySpan<byte> jpeg, FrameView view, float inputScale)
    {
        long began = time.GetTimestamp();
        if (!Jpeg.TryDecode(jpeg, pool, maxPixels, out Picture? picture, out bool isTooLarge, out string? problem))
        {
            return Failed(isTooLarge ? FrameError.TooLarge($"The picture's {problem} (Limits:MaxPixels).") : FrameError.BadImage(problem!));
        }

        using (picture)
        {
            double decode = Since(ref began);
            if (!mapper.TryMap(picture!, inputScale, out ClassMap map, out problem))
            {
                return Failed(FrameError.InferenceFailed(problem));
            }

            // Preparing the picture and choosing classes is ours, not the model's.
            double mapped = Since(ref began);
            if (!ReferenceEquals(view, _view))
            {
                (_view, _style) = (view, FrameStyles.Of(view, mapper.ClassNames));
            }

            (FrameKind kind, byte[] file) = view.WantsPicture
                ? Draw(picture!, map, view)
                : (FrameKind.MaskPng, ClassPng.Encode(_painter, picture!, map, _style!));
            IReadOnlyList<FrameClass> classes = ClassCoverage.Of(map, mapper.ClassNames, _style!);
            double draw = Since(ref began) + Math.Max(0, mapped - mapper.WaitTime - mapper.RunTime);
            return new FrameOutcome(null, kind, file, classes, decode, mapper.WaitTime, mapper.RunTime, draw);
        }
    }

    public void Dispose() => mapper.Dispose();

    private static FrameOutcome Failed(FrameError error) => new(error, default, [], [], 0, 0, 0, 0);

    private (FrameKind Kind, byte[] File) Draw(Picture picture, ClassMap map, FrameView view)
    {
        if (_style!.Overlay == ClassOverlay.SideBySide)
        {
            using Picture both = _painter.SideBySide(picture, map, _style, pool);
            return Encode(both, view);
        }

        _painter.Paint(picture, map, _style);
        return Encode(picture, view);
    }

    private static (FrameKind Kind, byte[] File) Encode(Picture picture, FrameView view) =>
        view.WantsJpeg ? (FrameKind.Jpeg, Jpeg.Encode(picture)) : (FrameKind.PicturePng, Png.Encode(picture));

    private double Since(ref long began)
    {
        long now = time.GetTimestamp();
        double milliseconds = time.GetElapsedTime(began, now).TotalMilliseconds;
        began = now;
        return milliseconds;
    }
}
